// The line that names the active alternatives, with undo, redo and reset; Ctrl+Z and Ctrl+Shift+Z work page-wide.
export function render({ model, el }) {
  const line = document.createElement("div");
  el.appendChild(line);
  const send = (action, id = "") => {
    model.send_msg({ action, id });
  };

  const button = (text, title, act, disabled, key) => {
    const item = document.createElement("button");
    item.type = "button";
    item.className = "act";
    item.textContent = text;
    item.title = title;
    item.disabled = disabled;
    item.dataset.key = key;
    item.onclick = act;
    return item;
  };

  const chip = (part) => {
    const item = document.createElement("span");
    item.className = "chip";
    if (part.letter) {
      const mark = document.createElement("b");
      mark.textContent = part.letter;
      item.append(mark);
    }
    const text = document.createElement("span");
    text.className = "text";
    text.textContent = part.text;
    item.title = part.text;
    const close = button("×", `Remove: ${part.text}`, () => send(part.action, part.id), false, `${part.action} ${part.id}`);
    close.className = "close";
    close.setAttribute("aria-label", `Remove: ${part.text}`);
    item.append(text, close);
    return item;
  };

  // The focus stays on its button, else goes to one that can still be pressed.
  const focusAgain = (key) => {
    const all = [...line.querySelectorAll("button:not(:disabled)")];
    const same = all.find((item) => item.dataset.key === key);
    (same ?? all.find((item) => item.classList.contains("close")) ?? all[0])?.focus({ preventScroll: true });
  };

  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.key;
    const active = model.parts.length > 0;
    line.className = active ? "line active" : "line";
    const words = document.createElement("div");
    words.className = "words";
    words.setAttribute("role", "status");
    const lead = document.createElement("span");
    lead.className = "lead";
    lead.textContent = active ? "What if" : model.idle;
    words.append(lead, ...model.parts.map(chip));
    if (active && model.hint) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = model.hint;
      words.append(hint);
    }
    const acts = document.createElement("div");
    acts.className = "acts";
    acts.append(
      button("Undo", "Take the last step back (Ctrl+Z)", () => send("undo"), !model.undoable, "undo"),
      button("Redo", "Do it again (Ctrl+Shift+Z)", () => send("redo"), !model.redoable, "redo"),
      button("Reset", "Drop every alternative", () => send("reset"), !active, "reset"),
    );
    line.replaceChildren(words, acts);
    if (focused) focusAgain(focused);
  };
  draw();
  for (const name of ["parts", "idle", "hint", "undoable", "redoable"]) model.on(name, draw);

  const typing = (event) => {
    const target = event.composedPath()[0];
    return ["INPUT", "TEXTAREA", "SELECT"].includes(target?.tagName) || target?.isContentEditable;
  };
  const onKey = (event) => {
    if (typing(event) || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (!el.isConnected || el.getBoundingClientRect().width === 0) return;
    event.preventDefault();
    send(event.shiftKey ? "redo" : "undo");
  };
  document.addEventListener("keydown", onKey);
  model.on("remove", () => document.removeEventListener("keydown", onKey));
}
