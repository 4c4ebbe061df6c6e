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

  const ask = (names) => { model.chosen = { names, serial: (model.chosen.serial || 0) + 1 }; };
  reset.onclick = () => ask([]);
  list.onkeydown = (event) => { if (event.key === "Escape") { list.open = false; head.focus(); } };

  const box = (option) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.name = option.name;
    input.checked = option.shown;
    // From the boxes, not from the model: the answer to the last click may still be on its way.
    input.onchange = () => ask([...boxes.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.name));
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
