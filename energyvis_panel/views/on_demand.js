// Heading that opens and closes a card.
export function render({ model, el }) {
  const heading = document.createElement("h2");
  const button = document.createElement("button");
  const text = document.createElement("span");
  button.type = "button";
  button.append(text);
  button.onclick = () => { model.opened = !model.opened; };
  heading.append(button);
  el.append(heading);
  const draw = () => {
    text.textContent = model.heading;
    button.setAttribute("aria-expanded", String(model.opened));
  };
  draw();
  model.on("heading", draw);
  model.on("opened", draw);
}
