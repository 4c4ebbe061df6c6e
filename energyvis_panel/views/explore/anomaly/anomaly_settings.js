// The thresholds of the three methods; each field shows how the marks of its method look.
export function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "fields";
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "A run is flagged beyond");
  const refusal = document.createElement("p");
  refusal.className = "refusal";
  refusal.setAttribute("role", "alert");
  el.append(root, refusal);

  const field = ({ name, sign, before, text, after }) => {
    const label = document.createElement("label");
    const mark = document.createElement("span");
    mark.className = `mark ${sign}`;
    mark.setAttribute("aria-hidden", "true");
    const input = document.createElement("input");
    input.type = "text";
    input.inputMode = "decimal";
    input.value = text;
    input.dataset.name = name;
    input.onchange = () => model.send_msg({ name, text: input.value });
    label.append(mark, before, input, after);
    return label;
  };
  const draw = () => root.replaceChildren(...model.fields.map(field));
  const refuse = () => { refusal.textContent = model.refusal; refusal.hidden = !model.refusal; };
  draw();
  refuse();
  // The typed field keeps the focus: only values are put back, the fields stay.
  model.on("fields", () => {
    for (const { name, text } of model.fields) root.querySelector(`[data-name="${name}"]`).value = text;
  });
  model.on("refusal", refuse);
}
