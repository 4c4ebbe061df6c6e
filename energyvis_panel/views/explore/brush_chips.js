// How many runs are selected, and one button per active brush that takes it away.
export function render({ model, el }) {
  const count = document.createElement("p");
  count.className = "count";
  count.setAttribute("role", "status");
  const chips = document.createElement("ul");
  chips.setAttribute("aria-label", "Active brushes");
  el.append(count, chips);

  const chip = ([name, said]) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.brush = name;
    button.setAttribute("aria-label", `Remove brush: ${said}`);
    const cross = document.createElement("span");
    cross.textContent = "\u00d7";
    cross.setAttribute("aria-hidden", "true");
    button.append(said, cross);
    button.onclick = () => {
      model.removed = { name, serial: (model.removed.serial || 0) + 1 };
    };
    item.append(button);
    return item;
  };

  const draw = () => {
    count.textContent = model.counted;
    chips.replaceChildren(...model.brushed.map(chip));
  };
  draw();
  model.on(["counted", "brushed"], draw);
}
