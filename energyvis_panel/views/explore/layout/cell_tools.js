// Arranges one card of the workbench: by dragging its handle, by buttons, or by arrow keys on the handle.
const FAR_PX = 4;
const EDGE_PX = 70;

export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", `Arrange: ${model.subject}`);
  el.append(bar);
  const cell = el.getRootNode().host?.getRootNode().host ?? el;

  let kept = null; // what is to have the focus again once the card stands elsewhere
  const say = (item, facts) => { kept = item; model.send_msg(facts); };
  const button = (text, label, parent, act) => {
    const item = document.createElement("button");
    item.type = "button";
    item.textContent = text;
    item.setAttribute("aria-label", label);
    item.title = label;
    item.onclick = () => act(item);
    parent.append(item);
    return item;
  };
  const handle = button("", "", bar, () => {});
  handle.className = "handle";
  handle.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight Home End");
  const earlier = button("\u2190", "Move earlier", bar, (item) => say(item, { action: "move", by: -1 }));
  const later = button("\u2192", "Move later", bar, (item) => say(item, { action: "move", by: 1 }));
  const widths = document.createElement("span");
  widths.className = "widths";
  bar.append(widths);
  const half = button("Half", "Half the width", widths, (item) => say(item, { action: "resize", is_full: false }));
  const full = button("Full", "The whole width", widths, (item) => say(item, { action: "resize", is_full: true }));
  button("\u00d7", `Take off the workbench: ${model.subject}`, bar, () => model.send_msg({ action: "remove" }));

  handle.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -model.of, End: model.of }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    say(handle, { action: "move", by });
  };
  handle.onpointerdown = (event) => {
    if (event.button === 0) drag(event);
  };

  const drag = (start) => {
    const others = [...cell.getRootNode().querySelectorAll(".cell")].filter((one) => one !== cell && one.offsetParent);
    const mark = document.createElement("div");
    mark.style.cssText = "position:fixed;z-index:1300;background:var(--ev-baseline);border-radius:2px;pointer-events:none;display:none";
    let at = null, pace = 0, pointer = start;
    const look = () => {
      at = placeAt(others, pointer);
      showMark(mark, others, at);
    };
    const scrolls = () => {
      if (!pace) return;
      scroller(cell).scrollBy(0, pace);
      look();
      requestAnimationFrame(scrolls);
    };
    handle.setPointerCapture(start.pointerId);
    handle.onpointermove = (event) => {
      pointer = event;
      if (at === null && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR_PX) return;
      if (at === null) {
        document.body.append(mark);
        handle.classList.add("dragged");
        cell.style.opacity = "0.45";
      }
      const stood = pace;
      pace = event.clientY < EDGE_PX + 50 ? -14 : event.clientY > window.innerHeight - EDGE_PX ? 14 : 0;
      look();
      if (pace && !stood) requestAnimationFrame(scrolls);
    };
    const end = (stop) => {
      handle.onpointermove = handle.onpointerup = handle.onpointercancel = null;
      document.removeEventListener("keydown", leave, true);
      pace = 0;
      mark.remove();
      handle.classList.remove("dragged");
      cell.style.opacity = "";
      if (stop.type === "pointerup" && at !== null && at !== model.at) say(handle, { action: "place", at });
    };
    const leave = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(event);
    };
    document.addEventListener("keydown", leave, true);
    handle.onpointerup = handle.onpointercancel = end;
  };

  const draw = () => {
    const said = `${model.subject} Place ${model.at + 1} of ${model.of}`;
    handle.textContent = `Place ${model.at + 1} of ${model.of}`;
    handle.setAttribute("aria-label", `Move: ${said}`);
    handle.title = "Drag to another place, or press \u2190 \u2192";
    // Not disabled: a button that is would lose the focus at the end of the way.
    earlier.setAttribute("aria-disabled", String(model.at === 0));
    later.setAttribute("aria-disabled", String(model.at + 1 >= model.of));
    earlier.style.opacity = model.at === 0 ? 0.45 : "";
    later.style.opacity = model.at + 1 >= model.of ? 0.45 : "";
    half.setAttribute("aria-pressed", String(!model.is_full));
    full.setAttribute("aria-pressed", String(model.is_full));
    if (kept) refocus(kept);
    kept = null;
  };
  // Cards are put in order some frames after the place is known, and lose the focus by that.
  const refocus = (item, frames = 30) => {
    const active = deepest();
    if (active !== item && active !== document.body) return;
    if (active !== item) {
      item.focus({ preventScroll: true });
      cell.scrollIntoView({ block: "nearest" });
    }
    if (frames) requestAnimationFrame(() => refocus(item, frames - 1));
  };
  draw();
  model.on(["at", "of", "is_full"], draw);
}

/** The place among the others before which the pointer is, in reading order; after all, their number. */
function placeAt(others, { clientX, clientY }) {
  const before = others.findIndex((one) => {
    const box = one.getBoundingClientRect();
    const is_row = isRow(one, box);
    if (is_row) return clientY < box.top + box.height / 2;
    return clientY < box.top || (clientY <= box.bottom && clientX < box.left + box.width / 2);
  });
  return before < 0 ? others.length : before;
}

function isRow(one, box) {
  return box.width > 0.7 * one.getRootNode().host.getBoundingClientRect().width;
}

/** A line where the card would stand: above a row, left of a half card, behind the last. */
function showMark(mark, others, at) {
  if (!others.length) return;
  const is_end = at === others.length, one = others[is_end ? at - 1 : at];
  const box = one.getBoundingClientRect();
  const place = isRow(one, box)
    ? { left: box.left, top: is_end ? box.bottom + 2 : box.top - 6, width: box.width, height: 4 }
    : { left: is_end ? box.right + 2 : box.left - 6, top: box.top, width: 4, height: box.height };
  for (const [name, size] of Object.entries(place)) mark.style[name] = `${size}px`;
  mark.style.display = "block";
}

function scroller(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

function deepest() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
