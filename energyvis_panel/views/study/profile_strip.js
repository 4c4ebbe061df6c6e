// Profile buttons. Click selects; right click, the pair icon or the key "c" loads as alternative.
export function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "strip";
  list.setAttribute("role", "toolbar");
  list.setAttribute("aria-label", "Energy profiles");
  el.appendChild(list);

  const send = (action, id) => {
    model.send_msg({ action, id });
  };

  const button = (entry) => {
    const selected = entry.id === model.selected;
    const letter = model.compared[entry.id] || "";
    const item = document.createElement("div");
    item.className = "item" + (selected ? " selected" : "") + (letter ? " compared" : "");

    const main = document.createElement("button");
    main.type = "button";
    main.className = "name";
    main.setAttribute("aria-pressed", String(selected));
    main.dataset.profile = entry.id;
    main.title = `${entry.origin_text}. ${entry.detail}`;
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.textContent = letter;
    const label = document.createElement("span");
    label.className = "label";
    label.textContent = entry.name;
    const origin = document.createElement("span");
    origin.className = "origin" + (entry.live ? " live" : "");
    origin.textContent = entry.live ? "● live" : entry.origin_text;
    const words = document.createElement("span");
    words.className = "words";
    words.append(label, origin);
    if (letter) main.append(mark);
    main.append(words);
    main.onclick = (event) => send(event.shiftKey ? "compare" : "select", entry.id);
    main.oncontextmenu = (event) => { event.preventDefault(); send("compare", entry.id); };
    main.onkeydown = (event) => { if (event.key === "c") send("compare", entry.id); };
    item.append(main);

    if (!selected) {
      const compare = document.createElement("button");
      compare.type = "button";
      compare.className = "compare";
      compare.textContent = letter ? "×" : "⇄";
      const act = letter ? "Remove from the comparison" : "Compare";
      compare.title = `${act}: ${entry.name} (right click or key c)`;
      compare.setAttribute("aria-label", `${act}: ${entry.name}`);
      compare.setAttribute("aria-pressed", String(Boolean(letter)));
      compare.onclick = () => send("compare", entry.id);
      item.append(compare);
    }
    return item;
  };

  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.profile;
    list.replaceChildren(...model.entries.map(button));
    if (focused) list.querySelector(`[data-profile="${CSS.escape(focused)}"]`)?.focus();
  };
  draw();
  model.on("entries", draw);
  model.on("selected", draw);
  model.on("compared", draw);
}
