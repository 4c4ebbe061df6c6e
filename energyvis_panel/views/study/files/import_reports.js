// What each imported file turned out to be: assumptions, known defects, and files that were refused.
export function render({ model, el }) {
  const panel = document.createElement("section");
  panel.className = "reports";
  panel.setAttribute("aria-label", "Imported files");
  el.append(panel);

  const ask = (action, id = "") => model.send_msg({ action, id });
  const made = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const sentences = (title, list, className, opened) => {
    const details = made("details", className);
    details.open = opened;
    const items = made("ul");
    items.append(...list.map((sentence) => made("li", "", sentence)));
    details.append(made("summary", "", `${list.length} ${list.length === 1 ? title : `${title}s`}`), items);
    return details;
  };

  const card = (report) => {
    const item = made("li", "report");
    const head = made("div", "head");
    const naming = made("div", "naming");
    naming.append(made("strong", "", report.name), made("span", "what", `${report.what} · ${report.file}`));
    const remove = made("button", "", "Remove");
    remove.type = "button";
    remove.setAttribute("aria-label", `Remove the imported profile ${report.name}`);
    remove.onclick = () => ask("remove", report.id);
    head.append(naming, remove);
    item.append(head);
    if (report.defects.length) item.append(sentences("known defect", report.defects, "defects", true));
    if (report.assumptions.length) {
      item.append(sentences("assumption", report.assumptions, "assumptions", model.reports.length === 1));
    }
    return item;
  };

  const draw = () => {
    const title = made("div", "title");
    const close = made("button", "", "Close");
    close.type = "button";
    close.setAttribute("aria-label", "Close the report on imported files");
    close.onclick = () => ask("close");
    title.append(made("h2", "", "Imported files"), close);

    const refused = model.refusals.map((sentence) => made("p", "refused", sentence));
    for (const sentence of refused) sentence.setAttribute("role", "alert");
    const list = made("ul", "list");
    list.append(...model.reports.map(card));
    // What is drawn anew must not take the focus away from who works with the keyboard.
    const at = [...panel.querySelectorAll("button")].indexOf(el.getRootNode().activeElement);
    panel.replaceChildren(title, ...refused, ...(model.reports.length ? [list] : []));
    const buttons = panel.querySelectorAll("button");
    if (at >= 0) buttons[Math.min(at, buttons.length - 1)].focus();
  };
  draw();
  model.on(["reports", "refusals"], draw);
}
