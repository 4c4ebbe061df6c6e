// The runs behind a mark: quartiles, a list, and the facts of one run. Esc closes it.
export function render({ model, el }) {
  const make = (tag, text, name) => {
    const item = document.createElement(tag);
    if (text !== undefined) item.textContent = text;
    if (name) item.className = name;
    return item;
  };
  const say = (facts) => model.send_msg(facts);
  const button = (text, facts, label) => {
    const item = make("button", text);
    item.type = "button";
    if (label) item.setAttribute("aria-label", label);
    item.dataset.key = Object.values(facts).join(":");
    item.onclick = () => say(facts);
    return item;
  };
  const root = make("section");
  root.setAttribute("aria-label", "Runs looked at");
  root.tabIndex = -1;
  el.append(root);

  const table = (titles, rows) => {
    const box = make("div", undefined, "scroll");
    box.tabIndex = 0;
    const grid = make("table"), head = make("tr");
    head.append(...titles.map((title) => { const cell = make("th", title); cell.scope = "col"; return cell; }));
    const body = make("tbody");
    body.append(...rows);
    const top = make("thead");
    top.append(head);
    grid.append(top, body);
    box.append(grid);
    return box;
  };
  const row = (cells) => { const line = make("tr"); line.append(...cells.map((text) => make("td", text))); return line; };
  const runRow = ({ run_id, cells }) => {
    const line = row(cells), first = line.firstChild, open = button(first.textContent, { action: "run", run_id });
    open.className = "run";
    first.replaceChildren(open);
    return line;
  };

  const draw = () => {
    const head = make("div", undefined, "head");
    head.append(make("h2", model.run_id && model.can_go_back ? `Run ${model.run_id}` : model.heading));
    const tools = make("span", undefined, "tools");
    if (model.run_id && model.can_go_back) tools.append(button("All runs of the mark", { action: "back" }));
    else tools.append(button("Brush these", { action: "brush" }, "Make these runs the selection"));
    tools.append(button("\u00d7", { action: "close" }, "Close"));
    head.append(tools);
    const parts = [head];
    if (!model.run_id) {
      const counted = make("p", model.counted || "Being counted.", "counted");
      counted.setAttribute("role", "status");
      parts.push(counted);
      if (model.quartiles.length) parts.push(table(["", "Least", "25 %", "Median", "75 %", "Most"], model.quartiles.map(row)));
      if (model.runs.length) parts.push(table(["Run", "Energy", "Run time", "Mean power", "Status"], model.runs.map(runRow)));
    } else {
      const list = make("dl");
      for (const [title, text] of model.facts) {
        const pair = make("div");
        pair.append(make("dt", title), make("dd", text));
        list.append(pair);
      }
      parts.push(list, ...model.sentences.map((text) => make("p", text)));
    }
    root.replaceChildren(...parts);
  };
  // The focus comes from what was clicked or pressed, and goes back there when the drawer closes.
  // The drawer is shown by a message of its own, which may come a little later: what is unseen takes no focus.
  const takeFocus = (tries = 120) => {
    root.focus({ preventScroll: true });
    if (tries > 0 && model.heading && root.getRootNode().activeElement !== root) requestAnimationFrame(() => takeFocus(tries - 1));
  };
  const focusedNow = () => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === document.body ? null : at;
  };
  const holdsFocus = () => Boolean(el.getRootNode().activeElement);
  let opener = null;
  const follow = () => {
    if (model.heading) {
      if (!holdsFocus()) opener = focusedNow();
      if (opener?.matches(":focus-visible")) takeFocus();
    } else if (opener) {
      const lost = holdsFocus() || !focusedNow();
      if (lost && opener.isConnected) opener.focus({ preventScroll: true });
      opener = null;
    }
  };
  model.on("heading", follow);
  const keepFocus = () => {
    const { key } = el.getRootNode().activeElement?.dataset ?? {};
    const held = holdsFocus();
    draw();
    if (held) (key && root.querySelector(`[data-key="${CSS.escape(key)}"]`) || root).focus({ preventScroll: true });
  };
  draw();
  if (model.heading) follow();
  model.on(["heading", "counted", "quartiles", "runs", "run_id", "facts", "sentences", "can_go_back"], keepFocus);

  const onKey = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && el.isConnected && el.offsetParent) say({ action: "close" });
  };
  document.addEventListener("keydown", onKey);
  model.on("remove", () => document.removeEventListener("keydown", onKey));
}
