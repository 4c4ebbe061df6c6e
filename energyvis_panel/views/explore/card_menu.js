// Opens and closes what stands behind a card: how to read it, its table, ways to save and share it.
export function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", `More about: ${model.subject}`);
  button.title = "How to read this, table, save, share";
  button.textContent = "\u22ef";
  button.onclick = () => { model.opened = !model.opened; };
  el.append(button);
  const draw = () => button.setAttribute("aria-expanded", String(model.opened));
  draw();
  model.on("opened", draw);
}
