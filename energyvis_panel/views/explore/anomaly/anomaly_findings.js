// Nodes with the most flagged runs, each a button that selects its runs, and the effects that are explained.
export function render({ model, el }) {
  const part = (title) => {
    const box = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = title;
    const list = document.createElement("ul");
    box.append(head, list);
    el.append(box);
    return { box, list };
  };
  el.classList.add("findings");
  const nodes = part("Nodes with the most flagged runs");
  const effects = part("Explained, so not flagged");
  effects.list.className = "effects";

  const row = ({ node, text, share }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.style.setProperty("--share", share);
    button.title = `Select the runs of ${node}`;
    const name = document.createElement("b");
    name.textContent = node;
    button.append(name, ` ${text}`);
    button.onclick = () => model.send_msg({ node });
    item.append(button);
    return item;
  };
  const said = (text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  };
  const draw = () => {
    nodes.list.replaceChildren(...(model.nodes.length ? model.nodes.map(row) : [said("None is flagged.")]));
    effects.list.replaceChildren(...model.effects.map(said));
    effects.box.hidden = !model.effects.length;
  };
  draw();
  model.on(["nodes", "effects"], draw);
}
