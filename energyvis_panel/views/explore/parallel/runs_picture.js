// Asks for a picture of every run, says how far it is, and saves it when it comes.
export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "chooser";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Picture of every run (3,600 px)";
  button.title = "Draw each selected run unbinned, for print, and save it as PNG";
  button.onclick = () => { model.asked += 1; };
  const said = document.createElement("span");
  said.className = "said";
  said.setAttribute("role", "status");
  bar.append(button, said);
  el.append(bar);

  const draw = () => {
    button.disabled = model.busy;
    said.textContent = model.said;
  };
  draw();
  model.on(["busy", "said"], draw);
  model.on("png", () => {
    if (!model.png) return;
    const bytes = Uint8Array.from(atob(model.png), (letter) => letter.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    link.download = "parallel-coordinates-every-run.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
