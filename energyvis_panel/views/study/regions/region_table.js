// The regions of a map as a table; a click or Enter on a heading sorts by it.
export function render({ model, el }) {
  const make = (tag, className = "", text = "") => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.textContent = text;
    return node;
  };
  const box = make("div", "table");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  const table = make("table");
  const caption = make("caption");
  const head = make("thead");
  const body = make("tbody");
  table.append(caption, head, body);
  box.append(table);
  el.append(box);

  let sorted = 0;
  let down = false;
  const order = (one, other) => {
    const [a, b] = [one.cells[sorted], other.cells[sorted]];
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    const sign = typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en");
    return down ? -sign : sign;
  };
  const cell = (value, place) => {
    const column = model.columns[place];
    if (value === null) return make("td", column.digits === null ? "muted" : "number muted", "–");
    const text = column.digits === null ? String(value) : value.toLocaleString("en", {
      minimumFractionDigits: column.digits, maximumFractionDigits: column.digits, useGrouping: column.grouped });
    const node = make("td", column.digits === null ? "" : "number", text);
    if (column.digits === null) node.title = text;
    return node;
  };
  const fill = () => {
    body.replaceChildren(...[...model.rows].sort(order).map((row) => {
      const line = make("tr", row.id === model.chosen ? "kept" : row.id === model.home ? "home" : "");
      line.append(...row.cells.map(cell));
      return line;
    }));
    [...head.querySelectorAll("th")].forEach((th, place) => {
      th.setAttribute("aria-sort", place !== sorted ? "none" : down ? "descending" : "ascending");
      th.querySelector("span").textContent = place !== sorted ? "" : down ? " ↓" : " ↑";
    });
  };
  const draw = () => {
    caption.textContent = model.caption;
    box.setAttribute("aria-label", model.caption);
    const line = make("tr");
    line.append(...model.columns.map((column, place) => {
      const th = make("th", column.digits === null ? "" : "number");
      th.scope = "col";
      const button = make("button", "", column.title);
      button.type = "button";
      button.append(make("span"));
      button.onclick = () => {
        down = place === sorted ? !down : false;
        sorted = place;
        fill();
      };
      th.append(button);
      return th;
    }));
    head.replaceChildren(line);
    fill();
  };
  draw();
  model.on("rows", draw);
  for (const name of ["chosen", "home"]) model.on(name, fill);
}
