// A list of all axes to tick, and a button that shows them as at first.
export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "chooser";
  const list = document.createElement("details");
  const head = document.createElement("summary");
  head.textContent = "Axes";
  const boxes = document.createElement("fieldset");
  list.append(head, boxes);
  const reset = document.createElement("button");
  reset.type = "button";
  reset.textContent = "Axes as at first";
  const refusal = document.createElement("p");
  refusal.setAttribute("role", "alert");
  const legend = document.createElement("span");
  legend.className = "legend";
  legend.append(...model.hues.map(([name, hue]) => {
    const entry = document.createElement("span");
    const mark = document.createElement("i");
    mark.style.background = hue;
    entry.append(mark, name);
    return entry;
  }));
  bar.append(legend, list, reset, refusal);
  el.append(bar);

  reset.onclick = () => model.send_msg({ kind: "reset" });
  list.onkeydown = (event) => { if (event.key === "Escape") { list.open = false; head.focus(); } };

  const box = (option) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.name = option.name;
    input.checked = option.shown;
    // One axis a message: the answer to an earlier click, still on its way, draws the boxes as they were before this.
    input.onchange = () => model.send_msg({ kind: input.checked ? "show" : "hide", name: option.name });
    label.append(input, option.title);
    return label;
  };
  const draw = () => {
    const focused = el.getRootNode().activeElement?.name;
    const shown = model.options.filter((option) => option.shown).length;
    head.textContent = `Axes: ${shown} of ${model.options.length}`;
    boxes.replaceChildren(...model.options.map(box));
    if (focused) boxes.querySelector(`[name="${focused}"]`)?.focus();
    reset.hidden = !model.changed;
    refusal.textContent = model.refusal;
  };
  draw();
  model.on(["options", "changed", "refusal"], draw);
}
