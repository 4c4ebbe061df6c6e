// Values of each category as boxes with the number of selected runs, and two fields for the range of each quantity.
export function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "filters explore-filters";
  el.append(root);
  const opened = new Set(["hardware", "dataset"]);
  const say = (facts) => model.send_msg(facts);
  const whole = (number) => number.toLocaleString("en-US");

  const make = (tag, name, parent, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };

  const section = (name, title, active) => {
    const box = make("details", "", root);
    box.open = opened.has(name);
    box.ontoggle = () => { if (box.open) opened.add(name); else opened.delete(name); };
    const head = make("summary", "", box, title);
    head.dataset.key = `summary:${name}`;
    if (active) make("span", "active", head, active);
    return box;
  };

  const category = (spec) => {
    const chosen = new Set(spec.chosen);
    const box = section(spec.name, spec.title, chosen.size ? `${chosen.size} of ${spec.values.length}` : "");
    const list = make("div", "values", box);
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", spec.title);
    for (const [value, total] of spec.values) {
      const row = make("label", "", list);
      const tick = make("input", "", row);
      tick.type = "checkbox";
      tick.checked = chosen.has(value);
      tick.dataset.key = `${spec.name}:${value}`;
      tick.onchange = () => {
        if (tick.checked) chosen.add(value); else chosen.delete(value);
        say({ action: "set", name: spec.name, values: [...chosen] });
      };
      make("span", "value", row, spec.texts?.[value] ?? value);
      const count = make("span", "runs", row);
      const bar = make("span", "bar", row);
      row.dataset.category = spec.name;
      row.dataset.value = value;
      row.dataset.total = total;
      row.count = count;
      row.bar = bar;
    }
  };

  const range = (spec, box) => {
    const row = make("div", "range", box);
    make("span", "value", row, spec.unit ? `${spec.title} (${spec.unit})` : spec.title);
    const fields = ["low", "high"].map((end) => {
      const field = make("input", "", row);
      field.type = "text";
      field.inputMode = spec.unit === "UTC" ? "text" : "decimal";
      field.defaultValue = spec[end];
      field.placeholder = spec.hints[end === "low" ? 0 : 1];
      field.dataset.key = `${spec.name}:${end}`;
      field.setAttribute("aria-label", `${spec.title}, ${end === "low" ? "from" : "to"}${spec.unit ? ` (${spec.unit})` : ""}`);
      return field;
    });
    const commit = () => {
      if (fields.some((field) => field.value !== field.defaultValue)) {
        say({ action: "range", name: spec.name, low: fields[0].value, high: fields[1].value });
      }
    };
    for (const field of fields) {
      field.onchange = commit;
      field.onkeydown = (event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") { field.value = field.defaultValue; field.blur(); }
      };
    }
  };

  const drawCounts = () => {
    for (const row of root.querySelectorAll("label")) {
      const runs = model.counts[row.dataset.category]?.[row.dataset.value] ?? 0, total = Number(row.dataset.total);
      row.count.textContent = whole(runs);
      row.count.title = `${whole(runs)} of ${whole(total)} runs`;
      row.bar.style.setProperty("--share", total ? runs / total : 0);
      row.classList.toggle("none", runs === 0);
    }
  };

  const draw = () => {
    const active = el.getRootNode().activeElement;
    const key = root.contains(active) ? active.dataset.key : "";
    const typed = key && active.type === "text" && active.value !== active.defaultValue ? active.value : null;
    if (key && active.type === "text") active.onchange = null;
    root.replaceChildren();
    for (const spec of model.categories) category(spec);
    const brushed = model.ranges.filter((spec) => spec.low || spec.high).length;
    const box = section("ranges", "Ranges", brushed ? `${brushed} set` : "");
    for (const spec of model.ranges) range(spec, box);
    drawCounts();
    const again = key && root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again) {
      again.focus({ preventScroll: true });
      if (typed !== null) again.value = typed;
    }
  };
  draw();
  model.on(["categories", "ranges"], draw);
  model.on("counts", drawCounts);
}
