// Opens what stands behind a card: how to read it, its table, ways to save and share it; and lets a card fill the window.
export function render({ model, el }) {
  const button = (text, label, title, act) => {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("aria-label", label);
    item.title = title;
    item.textContent = text;
    item.onclick = act;
    el.append(item);
    return item;
  };
  const large = button("", "", "", () => (shown ? leave() : enter()));
  const more = button("\u22ef", `More about: ${model.subject}`, "How to read this, table, save, share", () => { model.opened = !model.opened; });
  const draw = () => more.setAttribute("aria-expanded", String(model.opened));
  draw();
  model.on("opened", draw);

  let shown = null; // what is to be undone when the card leaves the full window
  const name = () => {
    large.setAttribute("aria-label", shown ? `Leave the full window: ${model.subject}` : `Full window: ${model.subject}`);
    large.title = shown ? "Leave the full window (Escape)" : "Full window";
    large.innerHTML = `<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="${shown ? INWARD : OUTWARD}"/></svg>`;
  };
  const enter = () => {
    const card = cardOf(el);
    const drawer = outward(el, ".looked-at");
    const heights = new Map(), boxes = new Map();
    const grow = () => fill(card, heights, boxes);
    lift(card, LARGE);
    // Runs of a mark come up over the card as over the page.
    if (drawer) lift(drawer, OVER);
    const size = new ResizeObserver(grow);
    size.observe(card);
    document.addEventListener("keydown", onKey);
    shown = { card, drawer, heights, size, sealed: seal(card, drawer), boxes };
    grow();
    name();
    large.focus();
  };
  const leave = () => {
    const { card, drawer, heights, boxes, size, sealed } = shown;
    size.disconnect();
    document.removeEventListener("keydown", onKey);
    for (const node of sealed) node.inert = false;
    for (const [lifted, size] of heights) grow(lifted, size);
    for (const [box, width] of boxes) box.style.maxWidth = width;
    lower(card);
    if (drawer) lower(drawer);
    shown = null;
    name();
    large.focus();
  };
  const onKey = (event) => {
    // What is open within the card is closed first, by its own hand.
    if (event.key !== "Escape" || event.defaultPrevented || isOpen(shown.drawer)) return;
    event.preventDefault();
    leave();
  };
  name();
  return () => { if (shown) leave(); };
}

const OUTWARD = "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4";
const INWARD = "M6 2v4H2M14 6h-4V2M10 14v-4h4M2 10h4v4";
const LARGE = `
  position: fixed !important; inset: 0 !important; width: auto !important; height: auto !important; max-width: none !important;
  max-height: none !important; margin: 0 !important; border: 0 !important; border-radius: 0 !important; overflow: auto !important;
  display: flex !important; color: inherit;`;
const OVER = "margin: 0 !important; color: inherit; inset-block-start: auto !important;";
const styles = new WeakMap();

/** Show an element over the whole page, in the browser's top layer, with a style of its own. */
function lift(node, style) {
  styles.set(node, node.getAttribute("style"));
  const shown = node.style.display;
  node.popover = "manual";
  node.style.cssText += style;
  if (shown === "none") node.style.display = "none";
  node.showPopover();
}

function lower(node) {
  if (node.matches(":popover-open")) node.hidePopover();
  const display = node.style.display;
  node.removeAttribute("popover");
  node.setAttribute("style", styles.get(node) ?? "");
  node.style.display = display === "flex" ? "" : display;
}

/** Keep the keyboard and screen readers out of all that the card hides; what was sealed. */
function seal(card, drawer) {
  const sealed = [];
  for (let at = card; at && at !== document.documentElement; at = at.parentElement ?? at.getRootNode().host) {
    for (const other of at.parentNode.children) {
      if (other === at || other === drawer || other.inert || /^(STYLE|SCRIPT|LINK)$/.test(other.tagName)) continue;
      other.inert = true;
      sealed.push(other);
    }
  }
  return sealed;
}

function isOpen(drawer) {
  return Boolean(drawer) && drawer.offsetHeight > 0;
}

/** The card around this menu: the outermost column of its view. */
function cardOf(el) {
  const row = el.getRootNode().host.getRootNode().host;
  return row.getRootNode().host.getRootNode().host;
}

/** The nearest element of a selector, looking outward through shadow roots. */
function outward(el, selector) {
  for (let root = el.getRootNode(); root; root = root.host?.getRootNode()) {
    const found = root.querySelector(selector);
    if (found) return found;
    if (!root.host) return null;
  }
  return null;
}

/** Let the tallest figures of a card take what the window has left, so that all of the card is seen. */
function fill(card, heights, boxes) {
  const views = viewsIn(card), figures = views.filter(({ model }) => model.type === "Figure");
  if (!figures.length) return;
  for (const { model } of figures) if (!heights.has(model)) heights.set(model, { height: model.height, max_width: model.max_width });
  const tallest = Math.max(...figures.map(({ model }) => heights.get(model).height));
  const grown = figures.filter(({ model }) => heights.get(model).height === tallest);
  const others = content(card) - grown.reduce((sum, { el }) => sum + el.offsetHeight, 0);
  const height = Math.max(Math.floor((card.clientHeight - others) / grown.length), tallest);
  for (const { model, el } of grown) {
    // A figure that keeps its shape stands in a box as wide as it may become; half of the window is for what is beside it.
    const box = model.aspect_ratio && boxOf(el, card);
    const side = Math.min(height, Math.max(Math.floor(card.clientWidth / 2), heights.get(model).max_width));
    grow(model, box ? { height: side, max_width: side } : { height });
    if (!box) continue;
    if (!boxes.has(box)) boxes.set(box, box.style.maxWidth);
    box.style.maxWidth = `${side}px`;
  }
  // What lies over a figure, by a margin that takes its height back, stays over all of it.
  for (const { model } of views) {
    const margin = model.margin;
    if (model.type === "Figure" || !Array.isArray(margin) || margin[0] !== -model.height) continue;
    if (!heights.has(model)) heights.set(model, { height: model.height, margin });
    if (heights.get(model).height === tallest) grow(model, { height, margin: [-height, ...margin.slice(1)] });
  }
}

/** The nearest element around a figure whose width is limited. */
function boxOf(el, card) {
  for (let at = el; at && at !== card; at = at.parentElement ?? at.getRootNode().host) if (at.style.maxWidth) return at;
  return null;
}

function grow(model, size) {
  if (model.height !== size.height) model.setv(size, { sync: false });
}

/** Height of what stands in a card, with its padding. */
function content(card) {
  const { paddingBottom } = getComputedStyle(card), top = card.getBoundingClientRect().top - card.scrollTop;
  const bottoms = [...card.shadowRoot.children].map((part) => part.getBoundingClientRect()).filter((box) => box.height).map((box) => box.bottom);
  return Math.max(...bottoms) - top + parseFloat(paddingBottom);
}

/** Views that are seen within an element. */
function viewsIn(card) {
  const found = [];
  const search = (view) => {
    if (view.el?.isConnected && view.el.offsetHeight && within(view.el, card)) found.push(view);
    const parts = view.child_views ?? view.children_views;
    if (view.model?.type !== "Figure" && Array.isArray(parts)) parts.forEach(search);
  };
  for (const view of window.Bokeh.index.roots ?? Object.values(window.Bokeh.index)) search(view);
  return found;
}

function within(node, outer) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) if (at === outer) return true;
  return false;
}
