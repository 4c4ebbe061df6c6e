// What is compared with what: quick choices, the measure, a swap, and one list a setting and side behind a fold.
// A second fold holds the rows of the chart as buttons, for those who do not click into a chart.
export function render({ model, el }) {
  const made = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const ask = (choice) => {
    model.request = { ...choice, serial: (model.request.serial || 0) + 1 };
  };
  const button = (text, label, act) => {
    const node = made("button", "", text);
    node.type = "button";
    if (label) node.setAttribute("aria-label", label);
    node.onclick = act;
    return node;
  };
  const list = (label, values, act) => {
    const node = made("select");
    node.setAttribute("aria-label", label);
    node.append(...values.map(([value, text]) => new Option(text, value)));
    node.onchange = () => act(node.value);
    return node;
  };

  const row = made("div", "row");
  const quick = made("div", "quick");
  quick.setAttribute("role", "group");
  quick.setAttribute("aria-label", "Compare at one click");
  quick.append(...model.quick.map((name) => button(name, "", () => ask({ kind: "quick", name }))));
  const lists = { a: {}, b: {} };
  const fixedBy = (side) => {
    const chosen = Object.entries(lists[side]).filter(([, node]) => node.value);
    return Object.fromEntries(chosen.map(([name, node]) => [name, node.value]));
  };
  // The whole comparison each time: of choices that come faster than they are read, only the last arrives.
  const askFor = (a, b) => ask({ kind: "sides", a, b, measure: measure.value });
  const measure = list("Measure", model.measures, () => askFor(fixedBy("a"), fixedBy("b")));
  row.append(quick, measure);

  const sides = made("div", "sides");
  const names = ["A", "B"].map((letter) => {
    const node = made("span", "side");
    node.append(made("i", "", letter), made("b"));
    return node;
  });
  const swap = button("\u21c4", "Swap A and B", () => askFor(fixedBy("b"), fixedBy("a")));
  swap.className = "swap";
  swap.title = "Swap A and B";
  const folds = made("div", "folds");
  const rowFold = made("details");
  const rows = made("div", "rows");
  rowFold.append(made("summary", "", "Runs of a row"), rows);
  const fold = made("details");
  const grid = made("div", "grid");
  fold.append(made("summary", "", "Settings of A and B"), grid);
  grid.append(made("span"), made("span", "head", "A"), made("span", "head", "B"));
  for (const { name, title, values } of model.settings) {
    grid.append(made("span", "title", title));
    for (const side of ["a", "b"]) {
      const label = `${title} of ${side.toUpperCase()}`;
      const options = [["", "any"], ...values];
      lists[side][name] = list(label, options, () => askFor(fixedBy("a"), fixedBy("b")));
      grid.append(lists[side][name]);
    }
  }
  folds.append(rowFold, fold);
  sides.append(names[0], swap, names[1], folds);
  el.append(row, sides);

  const draw = () => {
    const { a, b, names: said, colours, measure: shown } = model.chosen;
    names.forEach((node, index) => {
      node.style.setProperty("--side", colours[index]);
      node.lastChild.textContent = said[index];
    });
    measure.value = shown;
    const same = (one, other) => Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);
    [...quick.children].forEach((node, index) => {
      const [first, second] = model.quick_sides[index];
      node.setAttribute("aria-pressed", String(same(first, a) && same(second, b)));
    });
    for (const [side, fixed] of [["a", a], ["b", b]]) {
      for (const [name, node] of Object.entries(lists[side])) node.value = fixed[name] || "";
    }
  };
  const drawRows = () => {
    const focused = el.getRootNode().activeElement?.dataset?.row;
    rows.replaceChildren(...model.rows.map((name) => {
      const node = button(name, `Runs of ${name}`, () => model.send_msg({ row: name }));
      node.dataset.row = name;
      return node;
    }));
    if (focused) rows.querySelector(`[data-row="${CSS.escape(focused)}"]`)?.focus();
    rowFold.hidden = !model.rows.length;
  };
  draw();
  drawRows();
  model.on("chosen", draw);
  model.on("rows", drawRows);
}
