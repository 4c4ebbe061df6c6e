// Runs of the lab to mark: a search field, boxes to tick, and below them the runs that cannot be compared, with the reason.
export function render({ model, el }) {
  const make = (tag, name, parent, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  const whole = (number) => number.toLocaleString("en-US");
  const fold = make("details", "", el);
  const summary = make("summary", "", fold, "Mark runs of yours");
  const body = make("div", "body", fold);
  make("p", "rule", body, model.rule);
  const search = make("input", "search", body);
  search.type = "search";
  search.placeholder = "Name, date or hardware";
  search.setAttribute("aria-label", "Search the lab's runs");
  const said = make("p", "said", body);
  said.setAttribute("role", "status");
  const list = make("div", "list", body);
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Runs to mark");
  const clear = make("button", "", body, "Mark none");
  clear.type = "button";
  const others = make("details", "others", body);
  const otherSummary = make("summary", "", others);
  const otherList = make("ul", "", others);

  let asked = false, timer = 0;
  fold.ontoggle = () => {
    if (!fold.open || asked) return;
    asked = true;
    model.send_msg({ action: "open" });
  };
  search.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(() => model.send_msg({ action: "search", words: search.value }), 150);
  };
  clear.onclick = () => model.send_msg({ action: "clear" });

  const row = (run) => {
    const label = make("label", "", list);
    const box = make("input", "", label);
    box.type = "checkbox";
    box.checked = run.marked;
    box.dataset.key = run.run_id;
    box.onchange = () => {
      box.checked = run.marked; // until the server says otherwise
      model.send_msg({ action: "toggle", run_id: run.run_id });
    };
    const text = make("span", "", label, run.text);
    make("small", "", text, run.detail);
  };
  const draw = () => {
    const key = el.getRootNode().activeElement?.dataset?.key;
    const { can = 0, cannot = 0, marked = 0 } = model.counts;
    summary.textContent = marked ? `Mark runs of yours: ${marked} marked` : "Mark runs of yours";
    list.replaceChildren();
    model.listed.forEach(row);
    otherList.replaceChildren();
    for (const run of model.left_out) make("li", "", otherList, `${run.text}: ${run.reason}`);
    const more = can - model.listed.length, moreOthers = cannot - model.left_out.length;
    if (moreOthers > 0) make("li", "", otherList, `and ${whole(moreOthers)} more`);
    others.hidden = !cannot;
    otherSummary.textContent = `${whole(cannot)} cannot be compared`;
    clear.hidden = !marked;
    const none = search.value ? "No run that can be compared matches." : "The lake holds no run that can be compared.";
    const count = more > 0 ? `The first ${model.listed.length} of ${whole(can)} runs; search for others.` : "";
    said.textContent = model.busy ? "Reading the lake…" : model.refusal || (asked && !can ? none : count);
    said.hidden = !said.textContent;
    if (key) list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  };
  draw();
  model.on(["listed", "left_out", "counts", "refusal", "busy"], draw);
}
