// A number with its unit: the carbon intensity that the user knows better.
export function render({ model, el }) {
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const row = make("div", { className: "own" });
  const label = make("label", { textContent: "Own value", htmlFor: "own" });
  const entry = make("span", { className: "entry" });
  const input = make("input", { id: "own", type: "text", inputMode: "decimal", autocomplete: "off" });
  const unit = make("select");
  const back = make("button", { type: "button", textContent: "↺" });
  const problem = make("p", { className: "problem", id: "problem" });
  problem.setAttribute("role", "status");
  input.setAttribute("aria-describedby", "problem");
  unit.setAttribute("aria-label", "Unit of the own value");
  for (const name of model.units) unit.append(make("option", { value: name, textContent: `${name}/kWh` }));
  entry.append(input, unit);
  row.append(label, entry, back, problem);
  el.append(row);

  const send = (text) => model.send_msg({ text });
  let shown = "";
  input.onchange = () => { if (input.value !== shown) send(input.value); };
  input.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    input.value = shown;
    event.stopPropagation();
  };
  unit.onchange = () => { model.unit = unit.value; };
  back.onclick = () => { send(""); input.focus(); };

  const draw = () => {
    const wrong = Boolean(model.problem);
    shown = model.value;
    // What was not taken stays in the field, to be mended there.
    if (!wrong) input.value = shown;
    input.placeholder = model.hint;
    input.setAttribute("aria-invalid", String(wrong));
    input.setAttribute("aria-label", `Own value, ${model.unit}/kWh`);
    unit.value = model.unit;
    row.classList.toggle("edited", Boolean(shown) && !wrong);
    back.hidden = !shown && !wrong;
    back.title = model.hint ? `back to ${model.hint} ${model.unit}/kWh` : "remove the own value";
    back.setAttribute("aria-label", back.title);
    problem.textContent = model.problem;
  };
  draw();
  for (const name of ["value", "unit", "hint", "problem"]) model.on(name, draw);
}
