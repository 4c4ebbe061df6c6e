// Region, intensity, PUE and price: an emptied field returns to what is known, which it shows in grey.
let bars = 0;

export function render({ model, el }) {
  bars += 1;
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const row = make("div", { className: "circumstances" });
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Circumstances, shared with the Study page");
  const refusal = make("p", { className: "refusal", id: "refusal" });
  refusal.setAttribute("role", "alert");
  const sources = make("p", { className: "sources" });
  el.append(row, refusal, sources);
  const send = (name, text) => model.send_msg({ name, text });

  const place = make("label", { className: "region" });
  const region = make("select");
  region.setAttribute("aria-label", "Region");
  region.onchange = () => send("region", region.value);
  place.append("Region", region);
  row.append(place);

  const inputs = {};
  for (const { name, label, unit } of model.fields) {
    const box = make("label");
    const input = make("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
    input.dataset.name = name;
    input.setAttribute("aria-label", unit ? `${label} in ${unit}` : label);
    input.setAttribute("aria-describedby", "refusal");
    input.onchange = () => send(name, input.value);
    box.append(label, input, unit);
    inputs[name] = input;
    row.append(box);
  }

  const units = make("fieldset");
  units.append(make("legend", { textContent: "Unit of mass" }));
  const buttons = ["kg", "lb"].map((unit) => {
    const box = make("label");
    const button = make("input", { type: "radio", name: `circumstances-${bars}`, value: unit });
    button.onchange = () => send("unit", unit);
    box.append(button, make("span", { textContent: unit }));
    units.append(box);
    return button;
  });
  row.append(units);

  // For those who do not click into a chart.
  const looked = make("span", { className: "looked" });
  for (const [hardware, text] of model.looks) {
    const button = make("button", { type: "button", textContent: text });
    button.onclick = () => send("look", hardware);
    looked.append(button);
  }
  row.append(looked);

  const drawRegions = () => {
    region.replaceChildren(...model.regions.flatMap(([title, options]) => {
      const made = options.map(([value, text]) => new Option(text, value));
      if (!title) return made;
      const group = make("optgroup", { label: title });
      group.append(...made);
      return [group];
    }));
    region.value = model.region;
  };
  const draw = () => {
    region.value = model.region;
    for (const { name, text, hint } of model.fields) {
      const input = inputs[name];
      // What was refused stays in its field, to be mended there.
      if (!model.refusal) input.value = text;
      input.placeholder = hint;
      input.classList.toggle("entered", Boolean(text));
    }
    buttons.forEach((button) => { button.checked = (button.value === "lb") === model.pounds; });
    refusal.textContent = model.refusal;
    refusal.hidden = !model.refusal;
    sources.textContent = model.sources;
  };
  drawRegions();
  draw();
  model.on("regions", drawRegions);
  for (const name of ["region", "fields", "pounds", "refusal", "sources"]) model.on(name, draw);
}
