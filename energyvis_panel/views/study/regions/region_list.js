// Searchable list of regions: a combobox by the ARIA pattern. What is active is previewed, Enter keeps it.
const PREVIEW_PAUSE_MS = 60;
const FUZZY_LENGTH = 4;

export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// Edits between a typed word and the beginning of another one.
export const distance = (typed, word) => {
  let row = Array.from({ length: word.length + 1 }, (_, j) => j);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    for (let j = 1; j <= word.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (typed[i - 1] === word[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return Math.min(...row);
};

// Codes and other names first, then names that begin so, then words that do.
const rank = (option, words) => {
  const first = words[0];
  const id = plain(option.id);
  if (words.length === 1 && id === first) return 0;
  if (words.length === 1 && [...id.split("-").slice(1), ...plain(option.aliases).split(/\s+/)].includes(first)) return 1;
  const name = plain(option.name);
  return name.startsWith(first) ? 2 : name.split(/\s+/).some((word) => word.startsWith(first)) ? 3 : 4;
};

export const found = (options, query) => {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (!words.length) return options;
  const text = (option) => plain(`${option.name} ${option.id} ${option.aliases}`);
  const hits = options.filter((option) => words.every((word) => text(option).includes(word)));
  if (hits.length) return hits.sort((a, b) => rank(a, words) - rank(b, words));
  const typed = words.join(" ");
  if (typed.length < FUZZY_LENGTH) return [];
  const near = options
    .map((option) => [Math.min(...text(option).split(/\s+/).map((word) => distance(typed, word)),
      distance(typed, plain(option.name))), option])
    .filter(([edits]) => edits <= (typed.length > 7 ? 2 : 1));
  return near.sort(([a], [b]) => a - b).map(([, option]) => option);
};

export function render({ model, el }) {
  const make = (tag, name, text = "") => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.textContent = text;
    return node;
  };
  const field = make("div", "field");
  const input = make("input");
  const release = make("button", "release", "×");
  const opener = make("button", "open", "▼");
  const list = make("ul");
  list.id = "regions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Regions");
  Object.assign(input, { type: "text", placeholder: "Type a state or a country", autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": "Region", "aria-controls": "regions",
    "aria-autocomplete": "list", "aria-expanded": "false" })) input.setAttribute(name, value);
  release.type = opener.type = "button";
  release.title = "Back to the profile's own region (Escape)";
  release.setAttribute("aria-label", "Release the region");
  opener.tabIndex = -1;
  opener.setAttribute("aria-label", "Show all regions");
  field.append(input, release, opener, list);
  el.append(field);

  let shown = [];
  let active = -1;
  let timer = 0;
  const isOpen = () => !list.hidden;
  const send = (action, id = "") => {
    model.send_msg({ action, id });
  };
  const preview = (id) => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (model.active !== id) model.active = id; }, id ? PREVIEW_PAUSE_MS : 0);
  };
  const optionOf = (id) => model.options.find((option) => option.id === id);
  const label = (option) => option ? `${option.name} · ${option.amount}` : "";

  const mark = (place, { scroll = true } = {}) => {
    const items = list.querySelectorAll('[role="option"]');
    items[active]?.classList.remove("active");
    active = place;
    const item = items[active];
    item?.classList.add("active");
    if (item && scroll) item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item ? item.id : "");
    preview(shown[active]?.known ? shown[active].id : "");
  };

  const item = (option, place) => {
    const node = make("li");
    node.id = `region-${place}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", String(option.id === model.chosen));
    node.append(make("span", "name", option.name));
    if (option.id === model.home) node.append(make("span", "tag home", "home"));
    node.append(make("span", "code", option.id), make("span", "amount", option.amount));
    node.onpointermove = () => { if (active !== place) mark(place, { scroll: false }); };
    node.onpointerdown = (event) => event.preventDefault();
    node.onclick = () => choose(place);
    return node;
  };

  const fill = (query) => {
    const recent = query ? [] : model.recent.map(optionOf).filter(Boolean);
    const matched = found([...model.options], query);
    shown = [...recent, ...matched];
    const nodes = shown.map(item);
    if (recent.length) {
      nodes.splice(recent.length, 0, make("li", "group", "All regions"));
      nodes.unshift(make("li", "group", "Recently used"));
    }
    if (!shown.length) nodes.push(make("li", "group", `No region matches “${query}”. Enter a value of your own.`));
    nodes.filter((node) => node.className === "group").forEach((node) => node.setAttribute("role", "presentation"));
    list.replaceChildren(...nodes);
    active = -1;
    input.setAttribute("aria-activedescendant", "");
  };

  const open = (query = "") => {
    fill(query);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-activedescendant", "");
    preview("");
    input.value = label(optionOf(model.chosen));
  };
  const choose = (place) => {
    const option = shown[place];
    close();
    if (option && option.id !== model.chosen) send("keep", option.id);
  };
  const step = (by) => {
    if (!isOpen()) open();
    const last = shown.length - 1;
    if (last < 0) return;
    if (active < 0) mark(by > 0 ? 0 : last);
    else mark(Math.min(Math.max(active + by, 0), last));
  };

  input.onfocus = () => input.select();
  input.onclick = () => { if (!isOpen()) open(); };
  input.oninput = () => {
    open(input.value);
    if (shown.length && input.value.trim()) mark(0);
  };
  input.onblur = () => { if (isOpen()) close(); else input.value = label(optionOf(model.chosen)); };
  input.onkeydown = (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) step(steps[event.key]);
    else if (event.key === "Enter" && isOpen()) choose(active);
    else if (event.key === "Escape" && isOpen()) close();
    else if (event.key === "Escape" && model.chosen) send("release");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  opener.onpointerdown = (event) => {
    event.preventDefault();
    if (isOpen()) { close(); return; }
    input.focus();
    open();
  };
  release.onclick = () => { send("release"); input.focus(); };

  // The map has no focus of its own: Escape releases while the pointer is on one of its regions.
  const escape = (event) => { if (event.key === "Escape" && model.pointed && model.chosen) send("release"); };
  document.addEventListener("keydown", escape);
  model.on("remove", () => { clearTimeout(timer); document.removeEventListener("keydown", escape); });

  const draw = () => {
    release.hidden = !model.chosen;
    field.classList.toggle("kept", Boolean(model.chosen));
    if (!isOpen()) input.value = label(optionOf(model.chosen));
  };
  list.hidden = true;
  draw();
  for (const name of ["options", "chosen"]) model.on(name, draw);
}
