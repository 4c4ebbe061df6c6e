// A sentence about what could not be done, announced to screen readers, with a button that closes it.
export function render({ model, el }) {
  const line = document.createElement("div");
  line.setAttribute("role", "alert");
  el.appendChild(line);
  const draw = () => {
    line.className = model.text ? "notice" : "";
    line.replaceChildren();
    if (!model.text) return;
    const text = document.createElement("span");
    text.textContent = model.text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    close.onclick = () => { model.text = ""; };
    line.append(text, close);
  };
  draw();
  model.on("text", draw);
}
