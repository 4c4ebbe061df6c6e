// The parts of a part: a path of buttons back, and a list of buttons in which the arrow keys move.
export function render({ model, el }) {
  const make = (tag, name, parent, text) => {
    const node = document.createElement(tag);
    node.className = name;
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  const say = (kind, value) => model.send_msg({ kind, value });
  const root = make("div", "composition", el);
  const path = make("nav", "path", root);
  path.setAttribute("aria-label", "Part that is selected here");
  const list = make("div", "parts", root);
  list.setAttribute("role", "group");
  const look = make("button", "look", root, "List these runs");
  look.type = "button";
  look.onclick = () => say("look", 0);
  let rows = [], current = 0, follow = false;

  const drawPath = () => {
    path.replaceChildren();
    model.path.forEach((text, at) => {
      if (at) make("span", "sign", path, "\u203a").setAttribute("aria-hidden", "true");
      const isLast = at === model.path.length - 1;
      const step = make(isLast ? "span" : "button", "step", path, text);
      if (isLast) step.setAttribute("aria-current", "true");
      else {
        step.type = "button";
        step.title = `Back to ${text}`;
        step.onclick = () => { follow = true; say("up", at); };
      }
    });
  };
  const rove = (at, focus) => {
    current = Math.max(0, Math.min(at, rows.length - 1));
    rows.forEach((row, place) => { row.tabIndex = place === current ? 0 : -1; });
    if (focus) rows[current]?.focus();
  };
  const build = (had) => {
    rows = model.parts.map(([text, colour], at) => {
      const row = document.createElement("button");
      row.type = "button";
      row.className = "part";
      make("span", "name", row, text);
      const bar = make("span", "bar", row);
      bar.style.setProperty("--fill", colour);
      make("span", "amount", row);
      make("span", "share", row);
      row.onclick = () => say("into", at);
      row.onfocus = () => rove(at, false);
      return row;
    });
    list.replaceChildren(...rows);
    rove(model.chosen < 0 ? 0 : model.chosen, had);
  };
  const patch = () => {
    rows.forEach((row, at) => {
      const [, , amount, share, filled, length, isOpen] = model.parts[at];
      const [, bar, amountBox, shareBox] = row.children;
      bar.style.setProperty("--filled", filled);
      bar.style.setProperty("--length", length);
      amountBox.textContent = amount;
      shareBox.textContent = share;
      row.setAttribute("aria-pressed", at === model.chosen ? "true" : "false");
      row.classList.toggle("none", filled === 0);
      row.setAttribute("aria-disabled", isOpen ? "false" : "true");
      row.title = isOpen ? "" : "These runs have no value that could be selected.";
    });
  };
  const draw = () => {
    list.setAttribute("aria-label", model.title);
    const names = model.parts.map(([text]) => text).join("\n");
    if (names !== list.dataset.names) {
      // The list keeps the focus, and takes that of a button of the path, which is gone.
      build(follow || list.contains(el.getRootNode().activeElement));
      list.dataset.names = names;
    }
    follow = false;
    patch();
  };
  list.onkeydown = (event) => {
    const moves = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 };
    if (event.key in moves) rove(moves[event.key], true);
    else if (event.key === "ArrowRight") rows[current]?.click();
    else if ((event.key === "ArrowLeft" || event.key === "Backspace") && model.path.length > 1) {
      say("up", model.path.length - 2);
    } else return;
    event.preventDefault();
  };
  drawPath();
  draw();
  model.on("path", drawPath);
  model.on(["parts", "chosen", "title"], draw);
}
