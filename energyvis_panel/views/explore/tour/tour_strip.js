// The strip of the guided tour: steps as dots, what the step says, published against found, and the way on.
export function render({ model, el }) {
  const make = (tag, name, parent, text = "") => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const button = (text, parent, message, name = "") => {
    const item = make("button", name, parent, text);
    item.type = "button";
    item.onclick = () => model.send_msg(message);
    return item;
  };
  const root = make("section", "strip", el);
  root.setAttribute("aria-label", "Guided tour");
  root.tabIndex = -1;

  const head = make("div", "head", root);
  const place = make("span", "place", head);
  const title = make("h2", "title", head);
  const dots = make("ol", "dots", head);
  dots.setAttribute("aria-label", "Steps");
  const steps = model.titles.map((text, at) => {
    const dot = button(String(at + 1), make("li", "", dots), { action: "open", number: at + 1 }, "dot");
    dot.setAttribute("aria-label", `Step ${at + 1}: ${text}`);
    dot.title = text;
    return dot;
  });

  const body = make("div", "body", root);
  const words = make("div", "words", body);
  const lead = make("p", "lead", words);
  const text = make("p", "text", words);
  text.setAttribute("aria-live", "polite");
  const changed = make("p", "changed", words);
  make("span", "", changed, "You changed the selection; the numbers follow it. ");
  button("Brush as the step does", changed, { action: "again" });
  const found = make("details", "found", body);
  found.open = window.matchMedia("(min-width: 701px)").matches;
  make("summary", "", found, "Published and found");
  const held = make("div", "held", found);
  const table = make("table", "", held);
  const titles = make("tr", "", make("thead", "", table));
  for (const name of ["", "Published", "Found here", "Difference"]) make("th", "", titles, name).scope = "col";
  const rows = make("tbody", "", table);
  const source = make("p", "source", held);

  const foot = make("div", "foot", words);
  const back = button("Back", foot, { action: "back" });
  const next = button("Next", foot, { action: "next" }, "next");
  button("Leave the tour", foot, { action: "leave" });
  make("span", "note", foot, "Leaving gives your own selection back.");

  const fill = () => {
    const number = model.number;
    root.hidden = number === 0;
    if (number === 0) return;
    place.textContent = `Step ${number} of ${model.titles.length}`;
    title.textContent = model.titles[number - 1];
    steps.forEach((dot, at) => {
      if (at === number - 1) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
    });
    lead.textContent = model.lead;
    if (text.textContent !== model.text) text.textContent = model.text;
    changed.hidden = !model.is_changed;
    rows.replaceChildren();
    for (const cells of model.figures) {
      const row = make("tr", "", rows);
      cells.forEach((cell, at) => {
        const shown = make(at ? "td" : "th", at ? "number" : "", row, cell);
        if (!at) shown.scope = "row";
      });
    }
    source.textContent = [model.synthetic, model.source].filter(Boolean).join(" ");
    back.disabled = number === 1;
    next.textContent = number === model.titles.length ? "Finish" : "Next";
  };
  let before = 0, left = null;
  const follow = () => {
    fill();
    // The strip takes the focus when it comes, and gives it back when it goes.
    if (before === 0 && model.number > 0) {
      left = focused();
      root.focus({ preventScroll: true });
    } else if (before > 0 && model.number === 0) left?.focus({ preventScroll: true });
    before = model.number;
  };
  root.onkeydown = (event) => {
    const action = { ArrowRight: "next", ArrowLeft: "back", Escape: "leave" }[event.key];
    if (!action || (action === "back" && model.number === 1)) return;
    event.preventDefault();
    event.stopPropagation();
    model.send_msg({ action });
  };
  for (const name of ["number", "lead", "text", "figures", "source", "synthetic", "is_changed"]) model.on(name, follow);
  follow();
}

function focused() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}
