// Sums by group. The name is a button: it shows the runs of that group only, and again all.
export function render({ model, el }) {
  const frame = document.createElement("div");
  frame.className = "frame";
  el.appendChild(frame);

  const cell = (tag, text, className) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const bar = (group) => {
    const made = document.createElement("td");
    made.className = "bar";
    const track = document.createElement("div");
    track.className = "track";
    track.title = group.parts;
    for (const [kind, share] of [["measured", group.measured], ["estimated", group.estimated]]) {
      const part = document.createElement("i");
      part.className = kind;
      part.style.width = `${100 * share}%`;
      track.append(part);
    }
    made.append(track);
    return made;
  };

  const line = (group) => {
    const row = document.createElement("tr");
    const isChosen = group.name === model.chosen;
    if (isChosen) row.className = "chosen";
    const head = document.createElement("th");
    head.scope = "row";
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.group = group.name;
    button.setAttribute("aria-pressed", String(isChosen));
    button.title = isChosen ? "Show all runs again" : "Show the runs of this group only";
    button.textContent = group.name;
    button.onclick = () => {
      model.request = { name: group.name, serial: (model.request.serial || 0) + 1 };
    };
    head.append(button);
    row.append(head, ...group.cells.map(([text, hint]) => {
      const made = cell("td", text);
      if (hint) made.title = hint;
      return made;
    }), bar(group));
    return row;
  };

  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.group;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    head.append(...model.titles.map((title) => {
      const made = cell("th", title);
      made.scope = "col";
      return made;
    }));
    const body = table.createTBody();
    body.append(...model.groups.map(line));
    frame.replaceChildren(table);
    if (focused !== undefined) frame.querySelector(`[data-group="${CSS.escape(focused)}"]`)?.focus();
  };
  draw();
  for (const name of ["groups", "titles", "chosen"]) model.on(name, draw);
}
