// Texts to copy, each with its button; asks Python for the report files and saves them.
export function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "cite";
  el.appendChild(box);
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  status.className = "status";

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = "Copied.";
    } catch {
      status.textContent = "The browser does not allow copying here. Select the text and copy it.";
    }
  };
  const button = (text, act) => {
    const item = document.createElement("button");
    item.type = "button";
    item.textContent = text;
    item.onclick = act;
    return item;
  };
  const block = (title, text, code) => {
    const part = document.createElement("section");
    const head = document.createElement("div");
    head.className = "head";
    const name = document.createElement("h3");
    name.textContent = title;
    head.append(name, button("Copy", () => copy(text)));
    const body = document.createElement(code ? "pre" : "p");
    body.textContent = text;
    if (code) {
      body.tabIndex = 0; // it scrolls, so it must be reached by the keyboard
      body.setAttribute("role", "region");
      body.setAttribute("aria-label", title);
    }
    part.append(head, body);
    return part;
  };
  const draw = () => {
    const bar = document.createElement("div");
    bar.className = "bar";
    const ask = (kind) => {
      status.textContent = `Making the ${kind.toUpperCase()} …`;
      model.send_msg({ kind, link: window.location.href });
    };
    bar.append(
      button("Report as HTML", () => ask("html")),
      button("Report as PDF", () => ask("pdf")),
      button("Copy the link to this view", () => copy(window.location.href)),
      status,
    );
    box.replaceChildren(
      bar, block("For a paper", model.paragraph, false), block("For a model card", model.card, true),
    );
  };
  draw();
  model.on("paragraph", draw);
  model.on("card", draw);
  model.on("made", () => {
    const { name, type, base64, failure } = model.made;
    if (failure) { status.textContent = failure; return; }
    if (!base64) return;
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    status.textContent = `Saved ${name}.`;
  });
}
