// Titles over the axes of a figure: dragged sideways or moved by arrow keys; below, turn over and change scale.
export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Axes");
  el.append(bar);

  const ask = (kind, name, more = {}) => model.send_msg({ kind, name, ...more });
  const { left, right, top, bottom, margin } = model.frame;
  bar.style.cssText = `left: ${left}px; right: ${right}px;`;
  const share = (place) => (place + margin) / (Math.max(model.axes.length - 1, 1) + 2 * margin);
  const placeAt = (clientX) => {
    const box = bar.getBoundingClientRect();
    const pairs = Math.max(model.axes.length - 1, 1);
    const place = ((clientX - box.left) / box.width) * (pairs + 2 * margin) - margin;
    return Math.min(Math.max(Math.round(place), 0), pairs);
  };
  const line = document.createElement("i");
  line.className = "target";
  line.hidden = true;

  const title = (axis, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "title";
    button.dataset.axis = axis.name;
    button.style.left = `${100 * share(place)}%`;
    button.style.height = `${top - 2}px`;
    button.title = `${axis.title}: drag sideways or press \u2190 \u2192 to move, F to turn over${axis.scale ? ", L to change the scale" : ""}`;
    button.setAttribute("aria-label", `${axis.title}, axis ${place + 1} of ${model.axes.length}`);
    button.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight F L");
    button.onkeydown = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const key = event.key.toLowerCase();
      if (key === "arrowleft") ask("step", axis.name, { by: -1 });
      else if (key === "arrowright") ask("step", axis.name, { by: 1 });
      else if (key === "f") ask("flip", axis.name);
      else if (key === "l" && axis.scale) ask("scale", axis.name);
      else return;
      event.preventDefault();
    };
    button.ondblclick = () => ask("flip", axis.name);
    button.onpointerdown = (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      const start = event.clientX;
      button.onpointermove = (move) => {
        button.style.transform = `translateX(calc(-50% + ${move.clientX - start}px))`;
        button.classList.toggle("dragged", Math.abs(move.clientX - start) > 4);
        line.hidden = !button.classList.contains("dragged");
        line.style.left = `${100 * share(placeAt(move.clientX))}%`;
      };
      const end = (stop) => {
        button.onpointermove = button.onpointerup = button.onpointercancel = null;
        button.style.transform = "";
        line.hidden = true;
        const dragged = button.classList.contains("dragged");
        button.classList.remove("dragged");
        if (dragged && stop.type === "pointerup" && placeAt(stop.clientX) !== place) {
          ask("move", axis.name, { to: placeAt(stop.clientX) });
        }
      };
      button.onpointerup = end;
      button.onpointercancel = end;
    };
    const ghost = document.createElement("span");
    ghost.textContent = axis.title;
    button.append(ghost);
    return button;
  };

  const tools = (axis, place) => {
    const group = document.createElement("span");
    group.className = "tools";
    group.style.left = `${100 * share(place)}%`;
    group.style.height = `${bottom - 6}px`;
    const button = (kind, text, label, pressed) => {
      const item = document.createElement("button");
      item.type = "button";
      item.textContent = text;
      item.title = label;
      item.dataset.axis = axis.name;
      item.dataset.kind = kind;
      item.setAttribute("aria-label", `${axis.title}: ${label.toLowerCase()}`);
      item.setAttribute("aria-pressed", String(pressed));
      item.onclick = () => ask(kind, axis.name);
      group.append(item);
    };
    button("flip", axis.flipped ? "\u2193" : "\u2191", "Turn the axis over", axis.flipped);
    if (axis.scale) {
      const other = axis.scale === "log" ? "linear" : "logarithmic";
      button("scale", axis.scale === "log" ? "log" : "lin", `Draw on a ${other} scale`, axis.rescaled);
    }
    return group;
  };

  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset ?? {};
    bar.replaceChildren(...model.axes.map(title), ...model.axes.map(tools), line);
    const same = [...bar.querySelectorAll("button")].find(
      (item) => item.dataset.axis === focused.axis && item.dataset.kind === focused.kind,
    );
    if (focused.axis) same?.focus();
  };
  draw();
  model.on("axes", draw);

  // Values along the axes stand on the lines: an outline in the colour of the page keeps them legible.
  const outline = () => {
    const paper = getComputedStyle(el).getPropertyValue("--ev-paper").trim() || "#ffffff";
    for (const page of window.Bokeh.documents) {
      for (const axis of page._all_models.values()) {
        if (axis.name !== "parallel-outline" || axis.major_label_text_outline_color === paper) continue;
        axis.setv({ major_label_text_outline_color: paper }, { sync: false });
      }
    }
  };
  outline();
  // A figure that comes into the page after its titles gets its outline when it takes its room.
  const sized = new ResizeObserver(outline);
  sized.observe(el);
  const themed = new MutationObserver(() => requestAnimationFrame(outline));
  themed.observe(document.documentElement, { attributes: true });
  themed.observe(document.head, { childList: true, subtree: true, characterData: true });
  model.on("remove", () => { themed.disconnect(); sized.disconnect(); });
}
