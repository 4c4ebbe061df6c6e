// One page of runs: headings that sort, rows that open a run, a filter, and steps from page to page.
export function render({ model, el }) {
  const made = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const ask = (kind, value) => model.send_msg({ kind, value });
  const button = (text, label, act) => {
    const node = made("button", "", text);
    node.type = "button";
    if (label) node.setAttribute("aria-label", label);
    node.onclick = act;
    return node;
  };
  const list = (label, options, act) => {
    const node = made("select");
    node.setAttribute("aria-label", label);
    node.append(...options.map(([value, text]) => new Option(text, value)));
    node.onchange = () => act(node.value);
    return node;
  };

  const measure = list("Lead by", model.measures, (value) => ask("measure", value));
  const group = list("One run per", model.groups, (value) => ask("group", value));
  const filter = made("input");
  filter.type = "search";
  filter.placeholder = "Filter: data set, shape, node \u2026";
  filter.value = model.text;
  filter.setAttribute("aria-label", "Filter by data set, shape, hardware, node or status");
  let typing = 0;
  filter.oninput = () => {
    clearTimeout(typing);
    typing = setTimeout(() => ask("text", filter.value), 250);
  };
  // Where the card is too narrow for headings, the order is chosen from a list.
  const order = list("Order by", [], (value) => ask("sort", value));
  const turn = button("", "", () => ask("sort", model.shown.order_by));
  const ordering = made("div", "ordering");
  ordering.append(order, turn);
  const choices = made("div", "choices");
  choices.append(measure, group, filter, ordering);

  const frame = made("div", "frame");
  let headings, body, lines;

  const build = () => {
    // Their roles are said: rows that are laid out as flowing lines would else be rows no more.
    const table = made("table");
    table.setAttribute("role", "table");
    const head = table.createTHead().insertRow();
    head.setAttribute("role", "row");
    head.parentNode.setAttribute("role", "rowgroup");
    const place = made("th", "number", "#");
    place.scope = "col";
    place.setAttribute("role", "columnheader");
    head.append(place);
    order.replaceChildren(...model.columns.map(({ name, title }) => new Option(`By ${title}`, name)));
    headings = model.columns.map(({ name, title, numeric }) => {
      const cell = made("th", numeric ? "number" : "");
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      const sorter = button(title, "", () => ask("sort", name));
      sorter.dataset.column = name;
      cell.append(sorter);
      head.append(cell);
      return cell;
    });
    body = table.createTBody();
    body.setAttribute("role", "rowgroup");
    lines = [];
    frame.replaceChildren(table);
  };

  const back = button("\u2039", "Previous page", () => ask("step", -1));
  const next = button("\u203a", "Next page", () => ask("step", 1));
  const where = made("span", "where");
  where.setAttribute("aria-live", "polite");
  const sizes = list("Rows on a page", model.sizes.map((size) => [String(size), `${size} rows`]), (value) =>
    ask("size", Number(value)));
  const pager = made("div", "pager");
  pager.append(where, back, next, sizes);
  el.append(choices, frame, pager);

  // The first column is what runs are ranked by. A brush redraws this table with every other view: its
  // cells are kept and filled anew.
  const newLine = () => {
    const row = made("tr");
    row.setAttribute("role", "row");
    const first = made("th", "number");
    first.scope = "row";
    first.setAttribute("role", "rowheader");
    const opener = button("", "", () => ask("open", row.dataset.run));
    first.append(opener);
    const cells = model.columns.map(({ name, numeric, unit }, index) => {
      const cell = made("td", index === 0 ? "number ranked" : numeric ? "number" : "");
      cell.setAttribute("role", "cell");
      cell.dataset.name = name;
      if (unit) cell.dataset.unit = ` ${unit}`;
      return cell;
    });
    row.append(first, ...cells);
    row.onclick = (event) => {
      if (!event.target.closest("button")) ask("open", row.dataset.run);
    };
    return { row, opener, cells };
  };

  const fill = ({ row, opener, cells }, line) => {
    row.dataset.run = line.run;
    opener.textContent = line.place;
    opener.setAttribute("aria-label", `Open run ${line.run}, place ${line.place}`);
    cells.forEach((cell, index) => {
      if (cell.textContent !== line.cells[index]) cell.textContent = line.cells[index];
      cell.title = line.hints[index];
      const { name, is_spare: isSpare } = model.columns[index];
      cell.classList.toggle("spare", isSpare && index > 0 && name !== model.shown.order_by);
      cell.classList.toggle("none", line.cells[index] === "\u2013");
      if (index === 0) cell.style.setProperty("--bar", `${100 * line.bar}%`);
    });
  };

  const draw = () => {
    const { lines: page, first, last, count, order_by: by, descending, page_size: size } = model.shown;
    while (lines.length < page.length) lines.push(newLine());
    page.forEach((line, index) => fill(lines[index], line));
    const rows = lines.slice(0, page.length).map(({ row }) => row);
    if (rows.length !== body.rows.length) body.replaceChildren(...rows);
    headings.forEach((cell, index) => {
      const sorted = model.columns[index].name === by;
      if (sorted) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    order.value = by;
    turn.textContent = descending ? "\u25bc" : "\u25b2";
    turn.setAttribute("aria-label", `Turn the order round, now ${descending ? "descending" : "ascending"}`);
    const number = (value) => value.toLocaleString("en-US");
    where.textContent = count ? `${number(first)} to ${number(last)} of ${number(count)}` : "No run";
    back.disabled = first <= 1;
    next.disabled = last >= count;
    measure.value = model.shown.measure;
    group.value = model.shown.best_per;
    sizes.value = String(size);
  };
  const redraw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.column;
    build();
    draw();
    if (focused) frame.querySelector(`[data-column="${CSS.escape(focused)}"]`)?.focus();
  };
  redraw();
  model.on("columns", redraw);
  model.on("shown", draw);
  model.on("text", () => { filter.value = model.text; });
}
