// A profile by estimate: chips found by name, a time, a site, and the totals as one types.
export function render({ model, el }) {
  // Messages, not a property: of two changes of a property in quick succession only the last arrives.
  const send = (action, more) => model.send_msg({ action, ...more });
  const texts = {};
  const selects = {};
  const boxes = {};
  const number = (name, label, hint, wide) => {
    const control = element("input");
    control.autocomplete = "off";
    if (name !== "name") control.inputMode = "decimal";
    control.value = model.fields[name];
    control.maxLength = name === "name" ? 80 : 30;
    texts[name] = onTyped(control, 200, (value) => send("field", { name, value }));
    const box = labelled(label, control, hint);
    if (wide) box.classList.add("wide");
    boxes[name] = [box, control];
    return box;
  };
  const select = (name, label, pairs, hint) => {
    const control = element("select");
    options(control, pairs);
    control.onchange = () => send("field", { name, value: control.value });
    selects[name] = control;
    boxes[name] = [labelled(label, control, hint), control];
    return boxes[name][0];
  };

  // -- chips ------------------------------------------------------------------------------------------------
  const search = element("input");
  search.placeholder = "e.g. H100, RTX 4090, EPYC 7742";
  search.autocomplete = "off";
  search.setAttribute("role", "combobox");
  search.setAttribute("aria-autocomplete", "list");
  search.setAttribute("aria-expanded", "false");
  const searchBox = labelled("Add a chip", search, "");
  searchBox.classList.add("wide", "search");
  const hits = element("ul", "hits");
  hits.id = `${search.id}-hits`;
  hits.setAttribute("role", "listbox");
  hits.setAttribute("aria-label", "Chips found");
  hits.hidden = true;
  search.setAttribute("aria-controls", hits.id);
  search.after(hits);
  let active = -1;
  const closeHits = () => {
    hits.hidden = true;
    active = -1;
    search.setAttribute("aria-expanded", "false");
    search.removeAttribute("aria-activedescendant");
  };
  const finder = onTyped(search, 150, (value) => send("search", { value }));
  const pick = (place) => {
    const hit = model.hits[place];
    if (!hit || !hit.usable) return;
    send("add", { id: hit.id });
    finder.clear();
    closeHits();
    search.focus();
  };
  const mark = (place) => {
    active = place;
    [...hits.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    const item = hits.children[place];
    if (!item) return;
    search.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };
  const drawHits = () => {
    if (!search.value.trim()) return closeHits();
    const items = model.hits.map((hit, place) => {
      const item = element("li", hit.usable ? "hit" : "hit unusable");
      item.id = `${hits.id}-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-disabled", String(!hit.usable));
      item.append(element("span", "", hit.name), element("span", "detail", hit.detail));
      item.onmousedown = (event) => { event.preventDefault(); pick(place); };
      return item;
    });
    if (!items.length) items.push(element("li", "hit unusable", "No chip of this name."));
    hits.replaceChildren(...items);
    hits.hidden = false;
    search.setAttribute("aria-expanded", "true");
    mark(model.hits.findIndex((hit) => hit.usable));
  };
  search.addEventListener("blur", closeHits);
  search.addEventListener("keydown", (event) => {
    const last = model.hits.length - 1;
    const step = { ArrowDown: Math.min(active + 1, last), ArrowUp: Math.max(active - 1, 0), Home: 0, End: last };
    if (event.key in step && !hits.hidden) {
      event.preventDefault();
      mark(step[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      finder.now();
      if (!hits.hidden) pick(active);
    } else if (event.key === "Escape" && !hits.hidden) {
      event.stopPropagation();
      closeHits();
    }
  });

  const pieces = element("ul", "pieces");
  pieces.setAttribute("aria-label", "Chips of the machine");
  const piece = (row, place) => {
    const item = element("li", "piece");
    const count = element("input", "count");
    count.defaultValue = row.count; // what differs from it has been typed and not sent
    count.inputMode = "numeric";
    count.dataset.place = place;
    count.setAttribute("aria-label", `How many ${row.name}`);
    const now = () => {
      if (count.value === count.defaultValue) return;
      count.defaultValue = count.value;
      send("count", { place, value: count.value });
    };
    count.onchange = count.onblur = now;
    count.onkeydown = (event) => { if (event.key === "Enter") now(); };
    const remove = element("button", "remove", "×");
    remove.type = "button";
    remove.title = `Remove: ${row.name}`;
    remove.setAttribute("aria-label", `Remove: ${row.name}`);
    remove.onclick = () => send("remove", { place });
    const words = element("span", "words");
    words.append(element("b", "", row.name), element("span", "detail", row.detail));
    item.append(count, element("span", "", "×"), words, remove);
    return item;
  };

  // -- the form ---------------------------------------------------------------------------------------------
  const form = element("form");
  form.setAttribute("aria-label", "New profile by estimate");
  form.noValidate = true;
  const row = (...parts) => {
    const made = element("div", "fields");
    made.append(...parts);
    return made;
  };
  const bases = element("div", "choices");
  bases.setAttribute("role", "radiogroup");
  bases.setAttribute("aria-label", "The time from");
  for (const [value, text] of model.bases) {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.basis = value;
    button.setAttribute("role", "radio");
    button.onclick = () => send("field", { name: "basis", value });
    bases.append(button);
  }
  bases.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...bases.children];
    const next = all[(all.findIndex((b) => b.dataset.basis === model.fields.basis) + step + all.length) % all.length];
    next.focus();
    next.click();
  };
  const time = element("div", "field fixed");
  time.append(element("span", "label", "Time from"), bases);
  const totals = element("div", "totals");
  totals.setAttribute("role", "status");
  const missing = element("p", "missing");
  const assumed = element("p", "assumed");
  const make = element("button", "plain main", "Add to the profiles");
  make.type = "submit";
  const close = element("button", "plain", "Close");
  close.type = "button";
  close.onclick = () => send("close");
  const acts = element("div", "acts");
  acts.append(make, close);
  form.append(
    row(number("name", "Name", "", true), searchBox),
    pieces,
    row(
      time,
      number("hours", "Hours in all"),
      number("epoch_hours", "Hours per epoch"),
      number("parameters", "Parameters N", "e.g. 1.3 B"),
      number("tokens", "Tokens D", "e.g. 300 B"),
      select("precision", "Number format", model.precisions),
      number("utilisation", "Utilisation, %", "of the dense rate; an assumption"),
      number("epochs", "Epochs", "all equal"),
    ),
    row(
      number("load", "Load, % of TDP", model.load_text),
      select("region_id", "Region", model.regions),
      number("pue", "PUE", "1 = the machine alone"),
      number("memory_gb", "Memory, GB", "0 = left out; 0.392 W/GB"),
    ),
    totals, missing, assumed, acts,
  );
  el.append(form);
  form.onsubmit = (event) => {
    event.preventDefault();
    for (const text of Object.values(texts)) text.now();
    send("make");
  };
  form.onkeydown = (event) => { if (event.key === "Escape") send("close"); };

  const byBasis = { hours: ["hours"], epoch_hours: ["epoch_hours"], work: ["parameters", "tokens", "precision", "utilisation"] };
  const drawFields = () => {
    for (const [name, text] of Object.entries(texts)) text.show(model.fields[name]);
    for (const [name, control] of Object.entries(selects)) control.value = model.fields[name];
    for (const [name, [box, control]] of Object.entries(boxes)) refuse(box, control, model.refusals[name]);
    refuse(searchBox, search, model.refusals.chips);
    for (const [basis, names] of Object.entries(byBasis)) {
      for (const name of names) boxes[name][0].hidden = basis !== model.fields.basis;
    }
    for (const button of bases.children) {
      const chosen = button.dataset.basis === model.fields.basis;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
  };
  const drawPieces = () => {
    const active = el.getRootNode().activeElement;
    const place = pieces.contains(active) ? active.dataset.place : undefined;
    const typed = place !== undefined && active.value !== active.defaultValue ? active.value : null;
    const caret = place !== undefined ? [active.selectionStart, active.selectionEnd] : null;
    // A browser reports a change when a field that is being typed in is taken away.
    if (place !== undefined) active.onchange = active.onblur = null;
    pieces.replaceChildren(...model.pieces.map(piece));
    const count = place !== undefined && pieces.querySelector(`[data-place="${place}"]`);
    if (!count) return;
    count.focus({ preventScroll: true });
    if (typed !== null) count.value = typed;
    count.setSelectionRange(...caret);
  };
  const drawTotals = () => {
    totals.replaceChildren(...model.totals.map((total) => {
      const cell = element("div", "total");
      const value = element("div", "value", total.value);
      if (total.quantity) value.style.color = `var(--ev-${total.quantity})`;
      cell.append(element("div", "label", total.name), value, element("div", "hint", total.range));
      return cell;
    }));
    totals.hidden = !model.totals.length;
    missing.textContent = model.refusals.form || model.missing;
    missing.classList.toggle("wrong", Boolean(model.refusals.form));
    assumed.textContent = model.assumed;
  };
  drawFields();
  drawPieces();
  drawTotals();
  model.on(["fields", "refusals"], drawFields);
  model.on("pieces", drawPieces);
  model.on("hits", drawHits);
  model.on(["totals", "missing", "assumed", "refusals"], drawTotals);
  model.on("focus", () => boxes.name[1].focus());
}
