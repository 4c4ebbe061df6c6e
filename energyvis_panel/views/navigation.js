// The pages of the app; the one on show is marked for the eye and for screen readers.
export function render({ model, el }) {
  const bar = document.createElement("nav");
  bar.setAttribute("aria-label", "Pages");
  el.appendChild(bar);
  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.page;
    bar.replaceChildren(...model.pages.map(([name, title]) => {
      const item = document.createElement("button");
      item.type = "button";
      item.textContent = title;
      item.dataset.page = name;
      if (name === model.page) item.setAttribute("aria-current", "page");
      item.onclick = () => { model.page = name; };
      return item;
    }));
    if (focused) bar.querySelector(`[data-page="${focused}"]`)?.focus();
  };
  draw();
  model.on("page", draw);
  model.on("pages", draw);
}
