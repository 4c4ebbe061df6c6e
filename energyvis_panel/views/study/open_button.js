// A button that opens a part of the page, and closes it again.
export function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.onclick = () => model.send_msg({ action: "press" });
  el.append(button);
  const draw = () => {
    button.textContent = model.label;
    button.setAttribute("aria-expanded", String(model.opened));
  };
  draw();
  model.on("label", draw);
  model.on("opened", draw);
}
