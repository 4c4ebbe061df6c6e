// How many runs are selected, one chip per active brush, steps back and forth, and selections saved in this browser.
const PLACE = "energyvis-selections";

// The first element of this kind in the page, in whatever shadow tree.
function within(root, selector) {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const node of root.querySelectorAll("*")) {
    const below = node.shadowRoot && within(node.shadowRoot, selector);
    if (below) return below;
  }
  return null;
}

export function render({ model, el }) {
  const make = (tag, name, parent) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    parent.append(node);
    return node;
  };
  const root = make("div", "selection", el);
  const count = make("p", "count", root);
  count.setAttribute("role", "status");
  const share = make("div", "share", root);
  share.setAttribute("aria-hidden", "true");
  const bar = make("div", "", share);
  const refusal = make("p", "refusal", root);
  refusal.setAttribute("role", "alert");
  const chips = make("ul", "chips", root);
  chips.setAttribute("aria-label", "Active brushes");
  const steps = make("div", "steps", root);
  const saved = make("ul", "saved", root);
  saved.setAttribute("aria-label", "Saved selections");

  const button = (text, label, parent, act) => {
    const item = make("button", "", parent);
    item.type = "button";
    item.textContent = text;
    if (label) { item.setAttribute("aria-label", label); item.title = label; }
    item.onclick = act;
    return item;
  };
  const say = (action, facts = {}) => model.send_msg({ action, ...facts });

  const undo = button("Undo", "Undo the last brush (Ctrl+Z)", steps, () => say("undo"));
  const redo = button("Redo", "Redo (Ctrl+Shift+Z)", steps, () => say("redo"));
  const clear = button("Clear all", "", steps, () => say("clear"));
  const keep = button("Save", "Save this selection in this browser", steps, () => ask());

  const jump = button("Filters", "Go to the filters, below the views", steps, () => {
    const filters = within(document, ".explore-filters");
    filters?.scrollIntoView({ block: "start" });
    filters?.querySelector("summary")?.focus({ preventScroll: true });
  });
  jump.className = "jump";

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.name === "string" && typeof one?.link === "string") : [];
    } catch { return []; }
  };
  const write = (kept) => {
    try { localStorage.setItem(PLACE, JSON.stringify(kept.slice(-30))); } catch { /* private windows keep nothing */ }
    drawSaved();
  };
  const ask = () => {
    if (root.querySelector("form")) return;
    const form = make("form", "naming", root);
    const field = make("input", "", form);
    field.setAttribute("aria-label", "Name of the selection");
    field.placeholder = "Name of the selection";
    field.maxLength = 60;
    const done = () => { form.remove(); keep.focus(); };
    button("Save", "", form, () => {}).type = "submit";
    form.onsubmit = (event) => {
      event.preventDefault();
      const name = field.value.trim();
      if (name) write([...read().filter((one) => one.name !== name), { name, link: model.saved_as }]);
      done();
    };
    field.onkeydown = (event) => { if (event.key === "Escape") done(); };
    field.focus();
  };
  const drawSaved = () => {
    saved.replaceChildren(...read().map((one) => {
      const item = document.createElement("li");
      button(one.name, `Restore: ${one.name}`, item, () => say("restore", { link: one.link }));
      button("\u00d7", `Forget: ${one.name}`, item, () => write(read().filter((other) => other.name !== one.name)));
      return item;
    }));
  };

  const chip = (brush) => {
    const item = document.createElement("li");
    item.dataset.brush = brush.name;
    const text = make("span", "", item);
    text.textContent = brush.text;
    const turn = button("\u21c4", `Invert: ${brush.text}`, item, () => say("invert", { name: brush.name }));
    turn.setAttribute("aria-pressed", String(brush.inverted));
    turn.dataset.key = `invert:${brush.name}`;
    const remove = button("\u00d7", `Remove brush: ${brush.text}`, item, () => say("remove", { name: brush.name }));
    remove.dataset.key = `remove:${brush.name}`;
    return item;
  };
  const drawBrushes = () => {
    const focused = el.getRootNode().activeElement?.dataset?.key;
    chips.replaceChildren(...model.brushes.map(chip));
    if (focused) (chips.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? clear).focus();
    clear.disabled = keep.disabled = model.brushes.length === 0;
  };
  const drawCount = () => {
    count.textContent = `${model.selected.toLocaleString("en-US")} of ${model.total.toLocaleString("en-US")} runs`;
    bar.style.width = `${model.total ? (100 * model.selected) / model.total : 0}%`;
  };
  const drawSteps = () => { undo.disabled = !model.steps.undo; redo.disabled = !model.steps.redo; };
  const drawRefusal = () => { refusal.textContent = model.refusal; refusal.hidden = !model.refusal; };
  const drawRevision = () => { root.dataset.revision = model.revision; };

  const onKey = (event) => {
    const target = event.composedPath()[0];
    if (!root.isConnected || el.offsetParent === null || target?.matches?.("input[type=text], input:not([type]), input[type=number], textarea, select")) return;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    say(event.shiftKey ? "redo" : "undo");
  };
  document.addEventListener("keydown", onKey);

  drawBrushes(); drawCount(); drawSteps(); drawRefusal(); drawRevision(); drawSaved();
  model.on("brushes", drawBrushes);
  model.on(["selected", "total"], drawCount);
  model.on("steps", drawSteps);
  model.on("refusal", drawRefusal);
  model.on("revision", drawRevision);
  return () => document.removeEventListener("keydown", onKey);
}
