// A sheet of the keys, opened by its button or by "?".
export function render({ model, el }) {
  const open = document.createElement("button");
  open.type = "button";
  open.className = "open";
  open.textContent = "?";
  open.title = "Keyboard (?)";
  open.setAttribute("aria-label", "Keyboard shortcuts");
  const sheet = document.createElement("dialog");
  sheet.setAttribute("aria-label", "Keyboard shortcuts");
  const title = document.createElement("h2");
  title.textContent = "Keyboard";
  const list = document.createElement("dl");
  for (const [keys, text] of model.keys) {
    const term = document.createElement("dt");
    term.append(...keys.split(" ").flatMap((key, place) => {
      const name = document.createElement("kbd");
      name.textContent = key;
      return place ? [" ", name] : [name];
    }));
    const meaning = document.createElement("dd");
    meaning.textContent = text;
    list.append(term, meaning);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "Close";
  close.onclick = () => sheet.close();
  sheet.append(title, list, close);
  sheet.onclick = (event) => { if (event.target === sheet) sheet.close(); };
  open.onclick = () => sheet.showModal();
  el.append(open, sheet);

  const onKey = (event) => {
    const target = event.composedPath()[0];
    if (event.key !== "?" || ["INPUT", "TEXTAREA", "SELECT"].includes(target?.tagName) || sheet.open) return;
    event.preventDefault();
    sheet.showModal();
  };
  document.addEventListener("keydown", onKey);
  model.on("remove", () => document.removeEventListener("keydown", onKey));
}
