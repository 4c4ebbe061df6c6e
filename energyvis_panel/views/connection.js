// Says when the server is gone, waits for it, and loads the page's address again, which describes what is on show.
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const PROBE_MS = 8_000;
const ECHO_MS = 20_000; // a server that builds many pages answers late
const SLEPT_MS = 30_000;
const NOTICE_MS = 8_000;
const MOST_RETURNS = 4; // within RETURNS_WITHIN_MS; then a person decides
const RETURNS_WITHIN_MS = 600_000;
const SCROLL_MS = 30_000; // parts of a page are built one after the other, and it grows with them
const RETURNS = "energyvis-returns";
const PLACE = "energyvis-place";
const GONE = "The server does not answer. What is shown stays; changes made now are not kept.";
const BUSY = "The server is starting or stopping. What is shown stays; changes made now are not kept.";
const AGAIN = "The server was away. The page was loaded again, as its address describes it.";
const STOPPED = `The server answers, but this page was lost ${MOST_RETURNS} times in ten minutes. It is not loaded again by itself.`;
const HOSTED = "The server was away. This page must be loaded again to go on.";

export function render({ model, el, view }) {
  new Keeper(model, el, view.model.document);
}

class Keeper {
  constructor(model, el, page) {
    window.energyvisIsKept = true; // page_head.html need do nothing any more
    this.state = "connected"; // or "doubted", "lost", "asking"
    this.tries = 0;
    this.echo = 0;
    this.model = model;
    this.line = new Line(el, () => this.pressed());
    this.typed = new TypedText();
    this.ticked = Date.now();
    model.on("msg:custom", ({ echo }) => { if (echo === this.echo) this.heard(); });
    page.on_event("connection_lost", (_page, event) => this.lose(event));
    document.addEventListener("visibilitychange", () => this.wake());
    window.addEventListener("online", () => this.wake());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.lose(); });
    setInterval(() => this.tick(), 1_000);
    this.cameBack(el);
  }

  cameBack(el) {
    this.scrolled = scroller(el);
    const place = stored(PLACE);
    store(PLACE, null);
    if (place?.address !== location.href || Date.now() - place.at > RETURNS_WITHIN_MS) return;
    this.line.say(AGAIN, { isBack: true });
    scrollTo(this.scrolled, place.top);
  }

  // -- is it there?

  lose(event) {
    this.url = event?.connection?.deref?.()?.url ?? this.url;
    if (event) this.isClosed = true;
    if (this.state === "lost" || this.state === "asking") return;
    Object.assign(this, { state: "lost", since: Date.now(), tries: 0 });
    this.typed.lost(this.since);
    this.again(GONE);
  }

  // A socket can look open long after the machine slept or changed its network: ask for a sign.
  doubt() {
    if (this.state !== "connected") return;
    Object.assign(this, { state: "doubted", since: Date.now() });
    this.model.send_msg({ echo: (this.echo += 1) });
    setTimeout(() => { if (this.state === "doubted") this.lose(); }, ECHO_MS);
  }

  heard() { // late or not, it is a sign of this very session
    if (this.isClosed || this.state === "connected" || this.state === "asking") return;
    clearTimeout(this.timer);
    if (this.state === "lost") this.line.say("Connected again.", { isBack: true });
    this.state = "connected";
    this.typed.since = undefined;
  }

  tick() {
    const now = Date.now();
    if (now - this.ticked > SLEPT_MS) this.wake();
    this.ticked = now;
    if (this.state === "lost") this.line.count(this.due);
  }

  wake() {
    if (document.hidden) return;
    if (this.state === "connected") this.doubt();
    else if (this.state === "lost") this.attempt();
  }

  // -- waiting

  again(text) {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.tries, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    this.due = Date.now() + wait;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.attempt(), wait);
    // What is over within a second is not worth a word.
    if (this.tries) this.line.say(text, { button: "Try now" });
  }

  async attempt() {
    clearTimeout(this.timer);
    if (this.isProbing || this.state !== "lost" || document.hidden) return; // a hidden page waits until it is seen
    this.isProbing = true;
    this.tries += 1;
    const answer = await this.probe();
    this.isProbing = false;
    if (this.state !== "lost") return;
    if (answer === "there") this.load();
    else this.again(answer === "busy" ? BUSY : GONE);
  }

  // "there", "busy" where it answers that it is not ready, "none" where nothing answers.
  async probe() {
    const app = this.app();
    const options = { cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) };
    if (app.origin === location.origin) options.redirect = "manual"; // to a page for signing in: an answer too
    else options.mode = "no-cors"; // what comes says no more than that something came
    try {
      let answer = await fetch(new URL("ready", app), options);
      // A server without this page of its own may still be one, or a web server before it answers in its place.
      if (answer.status === 404) answer = await fetch(app, { ...options, method: "HEAD" });
      return answer.status >= 500 ? "busy" : "there";
    } catch {
      return "none";
    }
  }

  app() {
    return new URL(this.url ? this.url.replace(/^ws/, "http").replace(/\/ws$/, "") : location.pathname, location.href);
  }

  // A view that a script put into another page must not load that page again.
  isOwn() {
    const { origin, pathname } = this.app();
    const isHere = origin === location.origin && [location.pathname, `${location.pathname}/`].includes(pathname);
    return isHere && hasFrame();
  }

  // -- going back

  load() {
    const typed = this.typed.text();
    this.state = "asking";
    clearTimeout(this.timer);
    if (typed) this.line.say(`The server is back. What you typed into ${typed} is not sent: copy it before you load the page again.`, { button: "Load again" });
    else if (!this.isOwn()) this.line.say(HOSTED, { button: "Load again" });
    else if (!this.remember()) this.line.say(STOPPED, { button: "Load again" });
    else location.reload();
  }

  // Notes this return; false where there were too many lately, or nothing can be noted and they could go on for ever.
  remember() {
    const now = Date.now();
    const returns = (stored(RETURNS) ?? []).filter((at) => now - at < RETURNS_WITHIN_MS);
    if (returns.length >= MOST_RETURNS) return false;
    store(PLACE, { address: location.href, top: this.scrolled?.scrollTop ?? 0, at: now });
    return store(RETURNS, [...returns, now]);
  }

  pressed() {
    if (this.state === "lost") { this.attempt(); return; }
    store(RETURNS, null);
    this.remember();
    location.reload();
  }
}

// The line itself: its sentence is read aloud, the seconds that it counts are not.
class Line {
  constructor(el, pressed) {
    this.box = document.createElement("div");
    this.text = document.createElement("span");
    this.text.setAttribute("role", "status");
    this.when = document.createElement("span");
    this.when.className = "when";
    this.when.setAttribute("aria-hidden", "true");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.onclick = pressed;
    this.box.append(this.text, this.when, this.button);
    this.box.className = "line";
    this.box.hidden = true;
    el.replaceChildren(this.box);
  }

  say(text, { button = "", isBack = false } = {}) {
    this.box.hidden = false;
    this.box.className = `line${isBack ? " back" : ""}${isHosted() ? " hosted" : ""}`;
    if (this.text.textContent !== text) this.text.textContent = text;
    this.button.hidden = !button;
    this.button.textContent = button;
    this.when.textContent = "";
    clearTimeout(this.timer);
    if (isBack) this.timer = setTimeout(() => { this.box.hidden = true; }, NOTICE_MS);
  }

  count(due) {
    const seconds = Math.ceil((due - Date.now()) / 1_000);
    this.when.textContent = seconds > 0 ? `trying again in ${seconds} s` : "trying";
  }
}

// What was typed and is not sent. `change` does not leave the shadow roots that our fields are in, so by other signs:
// nothing else was done since, or the field stands in a form; and it shows what was typed, nothing that came of it.
class TypedText {
  constructor() {
    this.fields = new Map(); // field -> what was typed, and when
    const fieldOf = (event) => event.composedPath().find((one) => /^(INPUT|TEXTAREA)$/.test(one.tagName ?? ""));
    const sent = (field) => { if (!this.since) this.fields.delete(field); };
    document.addEventListener("input", (event) => {
      const field = fieldOf(event);
      if (field && !/^(checkbox|radio|range)$/.test(field.type)) this.fields.set(field, { value: field.value, at: Date.now() });
    }, true);
    document.addEventListener("keydown", (event) => { if (event.key === "Enter") sent(fieldOf(event)); }, true);
    document.addEventListener("click", (event) => {
      const clicked = fieldOf(event);
      for (const field of this.fields.keys()) if (field !== clicked && !inForm(field)) sent(field);
    }, true);
  }

  lost(since) { this.since ??= since; }

  // Name of a field with such text; "" where there is none.
  text() {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    for (const [field, { value, at }] of this.fields) {
      const isOpen = field === focused || at >= this.since || inForm(field);
      if (isOpen && field.isConnected && value.trim() && field.value === value) return `“${field.ariaLabel || field.placeholder || "a field"}”`;
    }
    return "";
  }
}

function inForm(field) { return field.closest("form, dialog") !== null; }

// Whether the page stands in another: a frame is as high as its views, and its lower edge may be out of sight.
function isHosted() { return window.parent !== window || !hasFrame(); }

function hasFrame() { return document.getElementById("loader") !== null; }

function stored(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function store(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// The element around `el` that scrolls, or the page.
function scroller(el) {
  for (let at = el; at; at = at.parentNode ?? at.host) {
    if (at instanceof Element && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

// Scroll there as soon as the page is long enough, unless somebody scrolls it first.
function scrollTo(box, top) {
  if (!top) return;
  const ends = new AbortController();
  const end = () => { ends.abort(); clearInterval(timer); };
  const timer = setInterval(() => {
    box.scrollTop = top;
    if (Math.abs(box.scrollTop - top) < 2) end();
  }, 200);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    window.addEventListener(name, end, { signal: ends.signal, passive: true });
  }
  setTimeout(end, SCROLL_MS);
}
