// Overview or workbench; the chapters of the story, the one in sight marked; all views by their questions; printing.
const PLACE = "energyvis-workbench-last";
const BELOW_BAR_PX = 70;
const LONGEST_BUILD_MS = 30000;
const LONGEST_STAY_MS = 20000;
const STAY_STEP_MS = 200;
const FAR_PX = 60;

export function render({ model, el }) {
  const make = (tag, name, parent, text = "") => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const button = (text, parent, act) => {
    const item = make("button", "", parent, text);
    item.type = "button";
    item.onclick = act;
    return item;
  };
  const host = el.getRootNode().host ?? el;
  const root = make("div", "toc", el);

  const modes = make("div", "modes", root);
  modes.setAttribute("role", "group");
  modes.setAttribute("aria-label", "What to show");
  const last = () => { try { return localStorage.getItem(PLACE) ?? ""; } catch { return ""; } };
  const keep = () => { try { if (model.bench) localStorage.setItem(PLACE, model.bench); } catch { /* private windows keep nothing */ } };
  for (const [mode, text, title] of [
    ["overview", "Overview", "All views, in the order of the story"],
    ["workbench", "Workbench", "The views that you pick, in your order"],
  ]) {
    const item = button(text, modes, () => model.send_msg({ action: "mode", mode, last: last() }));
    item.dataset.mode = mode;
    item.title = title;
  }

  const nav = make("nav", "", root);
  nav.setAttribute("aria-label", "Chapters");
  const bar = make("ul", "chapters", nav);
  const count = model.chapters.reduce((sum, chapter) => sum + chapter.views.length, 0);
  const all = button(`All ${count} views`, nav, () => open(list.hidden));
  all.className = "all";
  all.setAttribute("aria-expanded", "false");
  const list = make("div", "list", nav);
  list.hidden = true;
  for (const chapter of model.chapters) {
    const item = button(chapter.title, make("li", "", bar), () => go(`chapter-${chapter.name}`, chapter.views[0].name));
    item.dataset.chapter = chapter.name;
  }
  const drawList = () => {
    for (const chapter of model.chapters) {
      make("h3", "", list, chapter.title);
      const views = make("ul", "", list);
      for (const { name, title } of chapter.views) {
        button(title, make("li", "", views), () => { open(false); go(`cell-${name}`, name); });
      }
    }
    button("Print all views", list, () => printAll()).className = "print";
  };

  const open = (is_open, focus = false) => {
    list.hidden = !is_open;
    list.replaceChildren();
    if (is_open) drawList();
    all.setAttribute("aria-expanded", String(is_open));
    if (focus) all.focus();
  };
  nav.onkeydown = (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.preventDefault();
    open(false, true);
  };
  const outside = (event) => { if (!event.composedPath().includes(nav)) open(false); };
  document.addEventListener("pointerdown", outside);

  // The views stand beside this bar, each in a shadow root of its own.
  const find = (name) => {
    for (const near of host.getRootNode().querySelectorAll("*")) {
      const found = near.shadowRoot?.querySelector(`.${CSS.escape(name)}`);
      if (found) return found;
    }
    return null;
  };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  // Views on the way are built while the page scrolls past, and push the target away until all are as high as they get.
  let staying = 0;
  const rest = () => { clearInterval(staying); };
  for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"]) document.addEventListener(moved, rest, { passive: true });
  const stay = (target) => {
    rest();
    const until = performance.now() + LONGEST_STAY_MS;
    let before = NaN;
    staying = setInterval(() => {
      const { top } = target.getBoundingClientRect(), wanted = host.getBoundingClientRect().bottom;
      if (top === before && Math.abs(top - wanted) > FAR_PX) target.scrollIntoView({ block: "start" });
      before = target.getBoundingClientRect().top;
      if (performance.now() > until) rest();
    }, STAY_STEP_MS);
  };
  const go = (name, view, takesFocus = true) => {
    const target = find(name);
    if (!target) return;
    model.send_msg({ action: "near", name: view });
    target.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "start" });
    stay(target);
    if (!takesFocus) return;
    target.tabIndex = -1;
    target.style.outline = "none";
    target.focus({ preventScroll: true });
  };
  const scroll = scroller(host);
  let asked = 0;
  const mark = () => {
    asked = 0;
    const bottom = host.getBoundingClientRect().bottom + BELOW_BAR_PX;
    let current = model.chapters[0]?.name;
    for (const { name } of model.chapters) {
      const head = find(`chapter-${name}`);
      if (head && head.getBoundingClientRect().top <= bottom) current = name;
    }
    for (const item of bar.querySelectorAll("button")) {
      const is_current = item.dataset.chapter === current;
      if (is_current === item.hasAttribute("aria-current")) continue;
      if (is_current) {
        item.setAttribute("aria-current", "location");
        const { left, right } = item.getBoundingClientRect(), box = bar.getBoundingClientRect();
        if (left < box.left || right > box.right) bar.scrollBy(left - box.left, 0);
      } else item.removeAttribute("aria-current");
    }
  };
  const onScroll = () => { asked ||= requestAnimationFrame(mark); };
  (scroll ?? window).addEventListener("scroll", onScroll, { passive: true });

  const printAll = async () => {
    open(false);
    model.send_msg({ action: "build_all" });
    const until = performance.now() + LONGEST_BUILD_MS;
    while (performance.now() < until && !(model.built >= count && window.Bokeh.documents[0].is_idle)) {
      await new Promise((done) => setTimeout(done, 100));
    }
    window.print();
  };
  const onKey = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "p" || host.offsetParent === null) return;
    if (model.mode !== "overview" || model.built >= count) return;
    event.preventDefault();
    printAll();
  };
  document.addEventListener("keydown", onKey);

  const tour = button("", root, () => model.send_msg({ action: "tour" }));
  make("span", "wide", tour, "Take the tour");
  make("span", "narrow", tour, "Tour");
  tour.setAttribute("aria-label", "Take the tour");
  tour.className = "tour";
  tour.title = "Six published findings, recomputed from these runs";
  tour.hidden = !model.has_tour;

  const draw = () => {
    for (const item of modes.children) item.setAttribute("aria-pressed", String(item.dataset.mode === model.mode));
    nav.style.display = model.mode === "overview" ? "" : "none";
    open(false);
    keep();
  };
  draw();
  requestAnimationFrame(mark);
  model.on("mode", draw);
  model.on("bench", keep);
  model.on("jump", () => requestAnimationFrame(() => go(`cell-${model.jump.name}`, model.jump.name, model.jump.takes_focus)));
  return () => {
    rest();
    for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"]) document.removeEventListener(moved, rest);
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("keydown", onKey);
    (scroll ?? window).removeEventListener("scroll", onScroll);
  };
}

function scroller(node) {
  for (let at = node.parentElement ?? node.getRootNode().host; at; at = at.parentElement ?? at.getRootNode().host) {
    if (at !== document.body && at !== document.documentElement && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}
