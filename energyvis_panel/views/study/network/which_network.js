// Which network: a form, ranked bars of measured neighbours, and all of them as a table.
const SHOWN = 8;

export function render({ model, el }) {
  // Messages, not a property: of two changes of a property in quick succession only the last arrives.
  const send = (action, more) => model.send_msg({ action, ...more });
  const typed = (name) => (value) => send("field", { name, value });

  // -- the form ---------------------------------------------------------------------------------------------
  const form = element("form", "fields");
  form.setAttribute("aria-label", "The network that is asked for");
  form.onsubmit = (event) => {
    event.preventDefault();
    Object.values(texts).forEach((text) => text.now());
  };
  const selects = {};
  const texts = {};
  const boxes = {};
  const select = (name, label, pairs) => {
    const control = element("select");
    options(control, pairs);
    control.onchange = () => typed(name)(control.value);
    selects[name] = control;
    boxes[name] = [labelled(label, control), control];
    return boxes[name][0];
  };
  const number = (name, label) => {
    const control = element("input");
    control.inputMode = "decimal";
    control.autocomplete = "off";
    control.value = model.fields[name];
    texts[name] = onTyped(control, 300, typed(name));
    boxes[name] = [labelled(label, control), control];
    return boxes[name][0];
  };
  const task = select("dataset", "Task", model.tasks);
  task.classList.add("wide");
  form.append(
    task,
    number("rows", "Observations"),
    number("features", "Features"),
    number("parameters", "Trainable parameters"),
    number("depth", "Layers, output included"),
    select("hardware", "Hardware", model.nodes),
  );
  const basis = element("div", "choices");
  basis.setAttribute("role", "radiogroup");
  basis.setAttribute("aria-label", "Ranked by energy of");
  for (const [value, text] of model.bases) {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.basis = value;
    button.setAttribute("role", "radio");
    button.onclick = () => send("basis", { value });
    basis.append(button);
  }
  basis.onkeydown = (event) => {
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const all = [...basis.children];
    const step = ["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1;
    const next = all[(all.findIndex((b) => b.dataset.basis === model.basis) + step + all.length) % all.length];
    next.focus();
    next.click();
  };

  // -- the answer -------------------------------------------------------------------------------------------
  const synthetic = element("p", "synthetic");
  synthetic.append(element("b", "", "Synthetic data. "), model.synthetic_text);
  const answer = element("p", "answer");
  answer.setAttribute("role", "status");
  const reach = element("p", "reach");
  const made = element("p", "made");
  made.setAttribute("role", "status");
  const legend = element("div", "legend");
  legend.append(basis);
  for (const [kind, text] of [["cpu", "CPU node"], ["gpu", "GPU node"]]) {
    legend.append(element("span", `swatch ${kind}`), element("span", "", text));
  }
  legend.append(element("span", "muted", "bar: median · whisker: middle half of the runs · hatched: too few runs about this size"));
  const list = element("ol", "bars");
  list.setAttribute("aria-label", "Measured neighbours, thriftiest first");
  const more = element("button", "plain more");
  more.type = "button";
  let all = false;
  more.onclick = () => { all = !all; drawRows(); };
  const details = element("details");
  details.append(element("summary", "", "All figures as a table"));
  const scroll = element("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Table of neighbours");
  details.append(scroll);
  details.ontoggle = () => drawTable();
  const note = element("p", "note");
  el.append(form, synthetic, answer, reach, made, legend, list, more, details, note);

  const bar = (row, place, most) => {
    const item = element("li", `row ${row.gpu ? "gpu" : "cpu"}${row.weak ? " weak" : ""}`);
    const name = element("span", "name");
    name.append(element("span", "rank", `${place + 1}`), element("b", "", row.name), ` ${row.node}`);
    const track = element("span", "track");
    track.setAttribute("aria-hidden", "true");
    const fill = element("span", "fill");
    fill.style.width = `${(100 * row.median) / most}%`;
    track.append(fill);
    if (!row.weak) {
      const whisker = element("span", "whisker");
      whisker.style.left = `${(100 * row.low) / most}%`;
      whisker.style.width = `${Math.max(0.2, (100 * (row.high - row.low)) / most)}%`;
      track.append(whisker);
    }
    const value = element("span", "value", row.text);
    const spread = element("span", "spread", row.support);
    const make = element("button", "plain make", "Make it a profile");
    make.type = "button";
    make.setAttribute("aria-label", `Make it a profile: ${row.name}, ${row.node}`);
    make.onclick = () => send("profile", { place });
    item.append(name, track, value, spread, make);
    return item;
  };

  const drawTable = () => {
    if (!details.open) return;
    const table = element("table");
    const head = element("tr");
    head.append(...model.columns.map((text) => {
      const cell = element("th", "", text);
      cell.scope = "col";
      return cell;
    }));
    const body = model.rows.map((row) => {
      const line = element("tr", row.weak ? "weak" : "");
      line.append(...row.cells.map((text) => element("td", "", text)));
      return line;
    });
    const caption = element("caption", "", model.table_text);
    table.append(caption, head, ...body);
    scroll.replaceChildren(table);
  };

  // The thriftiest, and the best of the other kind of node where it is not among them.
  const firstPlaces = () => {
    const places = model.rows.map((_row, place) => place);
    if (all || places.length <= SHOWN) return places;
    const other = model.rows.findIndex((row) => row.gpu !== model.rows[0].gpu && !row.weak);
    return other < SHOWN ? places.slice(0, SHOWN) : [...places.slice(0, SHOWN - 1), other];
  };
  const drawRows = () => {
    const places = firstPlaces();
    const most = Math.max(...places.map((place) => model.rows[place].high), 1e-12);
    list.replaceChildren(...places.map((place) => bar(model.rows[place], place, most)));
    more.hidden = model.rows.length <= SHOWN;
    more.textContent = all ? "Show fewer" : `Show all ${model.rows.length} neighbours`;
    more.setAttribute("aria-expanded", String(all));
    legend.hidden = details.hidden = !model.rows.length;
    drawTable();
  };
  const drawFields = () => {
    for (const [name, text] of Object.entries(texts)) text.show(model.fields[name]);
    for (const [name, control] of Object.entries(selects)) control.value = model.fields[name];
    for (const [name, [box, control]] of Object.entries(boxes)) refuse(box, control, model.refusals[name]);
    for (const button of basis.children) {
      const chosen = button.dataset.basis === model.basis;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
  };
  const drawWords = () => {
    synthetic.hidden = !model.synthetic;
    answer.textContent = model.answer;
    reach.textContent = model.reach;
    reach.classList.toggle("beyond", model.beyond);
    note.textContent = model.note;
    made.textContent = model.made;
    made.hidden = !model.made;
  };
  drawFields();
  drawWords();
  drawRows();
  model.on(["fields", "refusals", "basis"], drawFields);
  model.on(["answer", "reach", "beyond", "note", "made", "synthetic"], drawWords);
  model.on("rows", drawRows);
}
