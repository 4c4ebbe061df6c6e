// Profile buttons. Click selects; right click, the pair icon or the key "c" loads as alternative.
// One stop of the Tab key; the arrow keys go from button to button.
const ROOM = 32; // pixels that stay visible beyond the selected button

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
    main.onkeydown = (event) => {
      if (event.key === "c" && !event.ctrlKey && !event.metaKey) send("compare", entry.id);
    };
    item.append(main);

    if (!selected) {
      const compare = document.createElement("button");
      compare.type = "button";
      compare.className = "compare";
      compare.dataset.pair = entry.id;
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

  const buttons = () => [...list.querySelectorAll("button")];
  const stopAt = (stop) => { for (const item of buttons()) item.tabIndex = item === stop ? 0 : -1; };
  list.addEventListener("focusin", (event) => stopAt(event.target));
  list.onkeydown = (event) => {
    const all = buttons();
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  };

  // Fades the end behind which there are more; by itself a cut button looks like a mistake.
  const fade = () => {
    list.classList.toggle("before", list.scrollLeft > 1);
    list.classList.toggle("after", list.scrollLeft + list.clientWidth < list.scrollWidth - 1);
  };
  // Scrolls the strip alone: bringing the button into view would move the page as well.
  const reveal = () => {
    const item = list.querySelector(".selected");
    if (!item) return;
    const box = item.getBoundingClientRect(), view = list.getBoundingClientRect();
    if (box.left < view.left) list.scrollLeft -= view.left - box.left + ROOM;
    else if (box.right > view.right) list.scrollLeft += box.right - view.right + ROOM;
  };

  const draw = () => {
    const active = el.getRootNode().activeElement?.dataset ?? {};
    const again = (name) => active[name] && list.querySelector(`[data-${name}="${CSS.escape(active[name])}"]`);
    list.replaceChildren(...model.entries.map(button));
    stopAt(list.querySelector(".selected .name") ?? buttons()[0]);
    const main = active.pair && list.querySelector(`[data-profile="${CSS.escape(active.pair)}"]`);
    (again("profile") || again("pair") || main)?.focus({ preventScroll: true });
    fade();
  };
  const drawSelected = () => { draw(); reveal(); };
  drawSelected();
  // The strip moves only if what was on show would leave it.
  const isShown = () => {
    const item = list.querySelector(".selected")?.getBoundingClientRect();
    const view = list.getBoundingClientRect();
    return item && item.left >= view.left && item.right <= view.right;
  };
  const drawAround = () => {
    const shown = isShown();
    draw();
    if (shown) reveal();
  };
  model.on(["entries", "compared"], drawAround);
  model.on("selected", drawSelected);
  list.addEventListener("scroll", fade, { passive: true });
  let width = 0;
  const watcher = new ResizeObserver(() => {
    if (list.clientWidth !== width) reveal();
    width = list.clientWidth;
    fade();
  });
  watcher.observe(list);
  model.on("remove", () => watcher.disconnect());
}
