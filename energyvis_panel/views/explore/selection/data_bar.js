// Which runs are explored: radio buttons, when the lake was read, a button that reads it again, and what was dropped.
let bars = 0;

export function render({ model, el }) {
  bars += 1;
  const make = (tag, name, parent, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const row = make("div", "choices", el);
  const box = make("fieldset", "", row);
  make("legend", "", box, "Runs to explore");
  const buttons = model.sources.map(([value, text]) => {
    const shown = make("label", "", box);
    const button = make("input", "", shown);
    Object.assign(button, { type: "radio", name: `data-${bars}`, value });
    button.addEventListener("change", () => model.send_msg({ source: value }));
    make("span", "", shown, text);
    return button;
  });
  const reading = make("div", "reading", el);
  const since = make("span", "since", reading);
  const again = make("button", "", reading, "Read the lake again");
  again.type = "button";
  again.addEventListener("click", () => model.send_msg({ source: model.source }));
  const notice = make("p", "notice", el);
  notice.setAttribute("role", "status");

  const draw = () => {
    for (const button of buttons) {
      button.checked = button.value === model.source;
      button.disabled = model.busy;
    }
    const changes = Boolean(model.since) || model.source === "lab";
    reading.hidden = !changes;
    since.textContent = model.since ? `Read on ${model.since}` : "";
    again.disabled = model.busy;
    notice.textContent = model.busy ? "Reading the runs…" : model.notice;
    notice.hidden = !notice.textContent;
  };
  draw();
  model.on(["source", "since", "notice", "busy"], draw);
  // The page that was chosen from is gone, and the focus with it.
  if (model.takes_focus) requestAnimationFrame(() => buttons.find((button) => button.checked)?.focus({ preventScroll: true }));
}
