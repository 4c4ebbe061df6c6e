// Picks the views of a workbench, takes changes back, and keeps named workbenches in this browser.
const PLACE = "energyvis-workbenches";
const MOST_SAVED = 30;

export function render({ model, el }) {
  const make = (tag, name, parent, text = "") => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const button = (text, label, parent, act) => {
    const item = make("button", "", parent, text);
    item.type = "button";
    if (label) { item.setAttribute("aria-label", label); item.title = label; }
    item.onclick = act;
    return item;
  };
  const root = make("section", "bench", el);
  root.setAttribute("aria-label", "Workbench");
  const row = make("div", "row", root);
  make("h2", "", row, "Workbench");
  const choose = button("", "", row, () => open(picker.hidden));
  const undo = button("Undo", "Undo the last change of the workbench", row, () => model.send_msg({ action: "undo" }));
  const clear = button("Clear", "Clear the workbench", row, () => model.send_msg({ action: "clear" }));
  const keep = button("Save as\u2026", "Save as\u2026 a workbench kept in this browser", row, () => ask("", keep));
  make("span", "spring", row);
  const told = make("p", "told", row);
  told.setAttribute("role", "status");
  const notice = make("p", "notice", root);
  notice.setAttribute("role", "alert");
  const saving = make("div", "saving", root);
  const saved = make("ul", "saved", root);
  saved.setAttribute("aria-label", "Saved workbenches");
  const picker = make("div", "picker", root);
  picker.setAttribute("role", "group");
  picker.setAttribute("aria-label", "Views to pick");
  picker.hidden = true;
  const count = model.chapters.reduce((sum, chapter) => sum + chapter.views.length, 0);
  const drawPicker = () => {
    for (const chapter of model.chapters) {
      const group = make("fieldset", "", picker);
      make("legend", "", group, chapter.title);
      for (const { name, title } of chapter.views) {
        const line = make("label", "", group), box = make("input", "", line);
        box.type = "checkbox";
        box.value = name;
        box.checked = model.picked.includes(name);
        box.onchange = () => model.send_msg({ action: "pick", names: [...picker.querySelectorAll("input:checked")].map((one) => one.value) });
        make("span", "", line, title);
      }
    }
  };
  const open = (is_open) => {
    picker.hidden = !is_open;
    picker.replaceChildren();
    if (is_open) drawPicker();
    choose.setAttribute("aria-expanded", String(is_open));
  };
  picker.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    open(false);
    choose.focus();
  };

  const empty = make("div", "empty", root);
  make("p", "", empty, "Nothing lies on the workbench. Choose views above, or begin with one of these and change it:");
  const presets = make("div", "presets", empty);
  for (const { title, purpose, link } of model.presets) {
    const item = button("", "", presets, () => { choose.focus(); model.send_msg({ action: "restore", link }); });
    make("b", "", item, title);
    make("span", "", item, purpose);
  }

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.name === "string" && typeof one?.link === "string") : [];
    } catch { return []; }
  };
  const write = (kept) => {
    try { localStorage.setItem(PLACE, JSON.stringify(kept.slice(-MOST_SAVED))); } catch { /* private windows keep nothing */ }
    drawSaved();
  };
  /** Ask for a name: of the workbench that is shown, or a new one for `old`. */
  const ask = (old, back) => {
    saving.replaceChildren();
    const form = make("form", "", saving), field = make("input", "", form);
    field.setAttribute("aria-label", old ? `New name of ${old}` : "Name of the workbench");
    field.placeholder = "Name of the workbench";
    field.maxLength = 60;
    field.value = old;
    const done = (name) => {
      saving.replaceChildren();
      ([...saved.querySelectorAll("button")].find((one) => one.dataset.key === `rename:${name}`) ?? back).focus();
    };
    button(old ? "Rename" : "Save", "", form, () => {}).type = "submit";
    button("Cancel", "", form, () => done(old));
    form.onsubmit = (event) => {
      event.preventDefault();
      const name = field.value.trim();
      if (!name) return;
      const kept = read();
      if (!old) write([...kept.filter((one) => one.name !== name), { name, link: model.saved_as }]);
      else write(kept.filter((one) => one.name === old || one.name !== name).map((one) => (one.name === old ? { ...one, name } : one)));
      done(name);
    };
    form.onkeydown = (event) => { if (event.key === "Escape") done(old); };
    field.focus();
    field.select();
  };
  const forget = (one) => {
    const before = read();
    write(before.filter((other) => other.name !== one.name));
    saving.replaceChildren();
    const said = make("span", "", saving, `Deleted \u201c${one.name}\u201d.`);
    said.setAttribute("role", "status");
    const back = button("Bring it back", "", saving, () => { write(before); saving.replaceChildren(); keep.focus(); });
    back.focus();
  };
  const drawSaved = () => {
    saved.replaceChildren(...read().map((one) => {
      const item = document.createElement("li");
      const lay = button(one.name, `Lay out: ${one.name}`, item, () => model.send_msg({ action: "restore", link: one.link }));
      lay.setAttribute("aria-pressed", String(one.link === model.saved_as));
      const rename = button("\u270e", `Rename: ${one.name}`, item, () => ask(one.name, keep));
      rename.dataset.key = `rename:${one.name}`;
      button("\u00d7", `Delete: ${one.name}`, item, () => forget(one));
      return item;
    }));
  };

  const drawPicked = () => {
    choose.textContent = `Views: ${model.picked.length} of ${count}`;
    for (const box of picker.querySelectorAll("input")) box.checked = model.picked.includes(box.value);
    empty.hidden = model.picked.length > 0;
    clear.disabled = keep.disabled = model.picked.length === 0;
    for (const lay of saved.querySelectorAll("li button:first-child")) {
      const one = read().find((other) => other.name === lay.textContent);
      lay.setAttribute("aria-pressed", String(one?.link === model.saved_as));
    }
  };
  const drawTold = () => {
    told.textContent = model.told;
    notice.textContent = model.notice;
    undo.disabled = !model.can_undo;
  };
  open(false);
  drawSaved(); drawPicked(); drawTold();
  model.on(["picked", "saved_as"], drawPicked);
  model.on(["told", "notice", "can_undo"], drawTold);
}
