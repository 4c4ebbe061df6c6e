// The equations: a head, and per equation a typeset formula and a sentence whose numbers are fields.
// A redraw never moves or replaces a field that stays, so that focus and caret stay where they are.
const FACES = { KaTeX_Main: "Main-Regular", KaTeX_Math: "Math-Italic", KaTeX_Size1: "Size1-Regular" };
const ARROW_PAUSE_MS = 150; // a held arrow key is one change, not thirty
const LATEST_MS = 4000; // a busy page typesets after that long at the latest
const OPTIONS = {
  output: "htmlAndMathml", throwOnError: false, strict: "ignore",
  trust: (context) => context.command === "\\htmlData",
};

const create = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (tag === "button") node.type = "button";
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

const settle = (parent, nodes) => {
  const kept = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
};

const number = (text) => Number(text.trim().replace(",", "."));

// The typesetter, its styles and its fonts, all from our own server.
const typesetter = async (address, place) => {
  const url = (name) => new URL(`${name}${address.search}`, address).href;
  const styles = create("link");
  styles.rel = "stylesheet";
  styles.href = url("katex.bundle.css");
  const styled = new Promise((done, failed) => { styles.onload = done; styles.onerror = failed; });
  place.append(styles);
  // Faces declared inside a shadow root are ignored, so the document gets them.
  for (const [family, file] of Object.entries(FACES)) {
    if ([...document.fonts].some((face) => face.family.replaceAll('"', "") === family)) continue;
    const style = file.endsWith("Italic") ? "italic" : "normal";
    document.fonts.add(new FontFace(family, `url("${url(`KaTeX_${file}.woff2`)}")`, { style }));
  }
  const [module] = await Promise.all([import(address.href), styled]);
  return module.default;
};

// Calls back once: when the box has been seen and the page has time. The chart comes first.
const whenSeen = (box, act) => {
  const later = window.requestIdleCallback ?? ((call) => setTimeout(call, LATEST_MS / 10));
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    later(act, { timeout: LATEST_MS });
  });
  watcher.observe(box);
};

// One number: what Python last said (token), what that looks like (shown), and what was sent and not yet answered.
const numberField = (name, enter, restored) => {
  const input = create("input");
  Object.assign(input, { type: "text", inputMode: "decimal", name, autocomplete: "off", spellcheck: false });
  input.setAttribute("role", "spinbutton");
  let token = {}, shown = "", sent = null, timer = 0, held = false;

  const restore = () => {
    clearTimeout(timer);
    input.value = shown;
    input.removeAttribute("aria-invalid");
    restored();
  };
  const commit = () => {
    if (held) return;
    clearTimeout(timer);
    if (token.locked || input.value.trim() === shown || input.value === sent?.text) return;
    if (!input.value.trim() && !token.edited) restore();
    else sent = { text: input.value, serial: enter(name, input.value) };
  };
  const step = (by) => {
    const now = input.value.trim() ? number(input.value) : 0;
    if (token.locked || !Number.isFinite(now)) return;
    const next = Math.min(Math.max(now + by * token.step, token.least), token.most);
    input.value = String(Number(next.toPrecision(10)));
    clearTimeout(timer);
    timer = setTimeout(commit, ARROW_PAUSE_MS);
  };
  const keys = { Enter: commit, Escape: restore, ArrowUp: step, ArrowDown: (by) => step(-by) };
  input.onblur = commit;
  input.onkeydown = (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event.shiftKey ? 10 : 1);
  };

  const follow = (next) => {
    const typing = input.value !== shown && input === input.getRootNode().activeElement;
    token = next;
    shown = token.text;
    if ((!typing || token.locked) && input.value !== shown) input.value = shown;
    input.classList.toggle("edited", token.edited);
    input.readOnly = token.locked;
    input.placeholder = token.placeholder;
    input.title = token.title;
    input.dataset.quantity = token.quantity;
    input.style.width = `calc(${Math.max((shown || token.placeholder).length, 4)}ch + 14px)`;
    input.setAttribute("aria-label", token.label);
    input.setAttribute("aria-valuemin", token.least);
    input.setAttribute("aria-valuemax", token.most);
    if (shown) input.setAttribute("aria-valuenow", number(shown));
    else input.removeAttribute("aria-valuenow");
    return input;
  };
  // Whether the answer is to what was entered here. A refused number gives way to the old one.
  const answered = (answer) => {
    if (sent?.serial !== answer.serial) return false;
    if (input.value === sent.text) input.value = shown;
    sent = null;
    if (answer.refused) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return true;
  };
  // Runs a redraw. A browser ends the typing in a field that is taken away, and what was half typed is no number.
  const through = (redraw) => {
    held = true;
    redraw();
    held = false;
    if (!input.isConnected) restore();
  };
  return { input, follow, answered, through };
};

// One equation: its formula, opened with its numbers, and its sentence, whose pieces `piece` makes.
const equation = (name, piece, toggled, select) => {
  const row = create("div", `line ${name}`);
  const toggle = create("button", "toggle");
  const formula = create("div", "formula");
  const rows = create("div", "rows");
  const sentence = create("div", "sentence");
  row.append(toggle, formula, rows, sentence);
  toggle.setAttribute("aria-label", `Numbers of the equation for ${name}`);
  toggle.onclick = toggled;
  formula.onclick = (event) => { if (!row.classList.contains("open") || !select(event)) toggled(); };
  rows.onclick = select;

  const typeset = (katex, place, tex, plain) => {
    const wanted = katex ? tex : plain;
    if (place.dataset.tex === wanted) return;
    place.dataset.tex = wanted;
    if (katex) katex.render(tex, place, OPTIONS);
    else place.textContent = plain;
  };
  return (katex, line, open) => {
    row.classList.toggle("open", open);
    toggle.textContent = open ? "▾" : "▸";
    toggle.setAttribute("aria-expanded", String(open));
    formula.title = open ? "" : "Show the numbers";
    typeset(katex, formula, line.symbols, line.plain);
    const texs = open && katex ? line.rows : [];
    while (rows.children.length < texs.length) rows.append(create("div", "row"));
    while (rows.children.length > texs.length) rows.lastChild.remove();
    texs.forEach((tex, at) => typeset(katex, rows.children[at], tex, ""));
    settle(sentence, (open ? line.long : line.short).map(piece));
    return row;
  };
};

// Lights every term of the quantity under the pointer or in focus; returns what lights them anew after a redraw.
const lighting = (box) => {
  let lit = "";
  const light = () => {
    for (const node of box.querySelectorAll("[data-quantity]")) {
      node.classList.toggle("lit", Boolean(lit) && node.dataset.quantity === lit);
    }
  };
  const moved = (event) => {
    const over = event.type.endsWith("out") ? event.relatedTarget : event.target;
    const quantity = over?.closest?.("[data-quantity]")?.dataset.quantity ?? "";
    if (quantity === lit) return;
    lit = quantity;
    light();
  };
  for (const name of ["pointerover", "pointerout", "focusin", "focusout"]) box.addEventListener(name, moved);
  return light;
};

// The row above: title, series to choose from, note, and what holds for all lines.
const heading = (ask, openAll) => {
  const head = create("div", "head");
  const title = create("h2");
  const series = create("div", "series");
  const note = create("span", "preview");
  const defaults = create("button", "plain", "Reset all");
  const all = create("button", "plain");
  series.setAttribute("role", "group");
  series.setAttribute("aria-label", "Series on show");
  defaults.title = "Give every number here its recorded value again. Undo brings the changes back.";
  defaults.onclick = () => ask("defaults");
  all.onclick = openAll;
  head.append(title, series, note, create("span", "gap"), defaults, all);

  const choice = (card) => (entry) => {
    const button = [...series.children].find((child) => child.dataset.key === entry.key) ?? create("button");
    button.dataset.key = entry.key;
    button.textContent = entry.text;
    button.title = entry.title;
    button.setAttribute("aria-pressed", String(entry.key === card.shown));
    button.onclick = () => ask("show", entry.key);
    return button;
  };
  const draw = (card, allOpen) => {
    title.textContent = card.title;
    title.hidden = !card.title;
    note.textContent = card.note;
    settle(series, card.series.map(choice(card)));
    defaults.hidden = !card.changed;
    all.hidden = !card.lines.length;
    all.textContent = allOpen ? "Symbols only" : "Show numbers";
  };
  return { head, draw };
};

export function render({ model, el }) {
  let katex = null;
  const fields = new Map();
  const equations = new Map();
  const box = create("section", "equations");
  const body = create("div", "lines");
  const said = create("p", "refused");
  said.setAttribute("role", "status");

  let serial = 0;
  const ask = (action, name = "", text = "") => {
    serial += 1;
    model.send_msg({ action, name, text, serial });
    return serial;
  };
  const field = (name) => {
    const enter = (...entered) => ask("enter", ...entered);
    if (!fields.has(name)) fields.set(name, numberField(name, enter, () => { said.textContent = ""; }));
    return fields.get(name);
  };
  const piece = (token) => {
    if (token.kind === "input") return field(token.name).follow(token);
    const node = create(token.kind === "reset" ? "button" : "span", token.kind, token.text);
    if (token.quantity) node.dataset.quantity = token.quantity;
    if (token.title) node.title = token.title;
    if (token.kind === "reset") {
      node.setAttribute("aria-label", `${token.label}: ${token.text}`);
      node.onclick = () => { ask("default", token.name); field(token.name).input.focus(); };
    }
    return node;
  };
  const select = (event) => {
    const input = fields.get(event.target.closest("[data-field]")?.dataset.field)?.input;
    if (!input?.isConnected) return false;
    input.select();
    return true;
  };
  const allOpen = () => model.card.lines.every((line) => model.opened.includes(line.name));
  const openAll = () => { model.opened = allOpen() ? [] : model.card.lines.map((line) => line.name); };
  const toggled = (name) => () => {
    const others = model.opened.filter((other) => other !== name);
    model.opened = others.length < model.opened.length ? others : [...others, name];
  };
  const drawn = (line) => {
    const { name } = line;
    if (!equations.has(name)) equations.set(name, equation(name, piece, toggled(name), select));
    return equations.get(name)(katex, line, model.opened.includes(name));
  };

  const { head, draw: drawHead } = heading(ask, openAll);
  box.append(head, body, said);
  el.append(box);
  const light = lighting(box);
  const drawAll = () => {
    drawHead(model.card, allOpen());
    settle(body, model.card.lines.map(drawn));
    light();
  };
  const draw = () => {
    const active = el.getRootNode().activeElement;
    const typedIn = [...fields.values()].find((each) => each.input === active);
    if (typedIn) typedIn.through(drawAll);
    else drawAll();
  };
  draw();
  model.on("card", draw);
  model.on("opened", draw);
  model.on("answer", () => {
    if ([...fields.values()].some((each) => each.answered(model.answer))) said.textContent = model.answer.refused;
  });
  if (model.typesetter) whenSeen(box, async () => {
    try {
      katex = await typesetter(new URL(model.typesetter, document.baseURI), el);
      draw();
    } catch (error) {
      console.warn("The equations stay plain text: the typesetter could not be loaded.", error);
    }
  });
}
