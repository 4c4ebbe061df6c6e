// Saves the named figure as PNG or SVG, or the rows that Python hands over as CSV.
export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "export";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Save the chart");
  el.appendChild(bar);

  const save = (blob, ending) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${model.filename}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const figureView = () => {
    for (const view of window.Bokeh.index.roots ?? Object.values(window.Bokeh.index)) {
      const found = search(view);
      if (found) return found;
    }
    return null;
  };
  const search = (view) => {
    if (view.model?.name === model.figure && typeof view.export === "function") return view;
    for (const child of view.child_views ?? view.children_views ?? []) {
      const found = search(child);
      if (found) return found;
    }
    return null;
  };

  const picture = async (kind) => {
    const view = figureView();
    if (view === null) return;
    save(await view.export(kind).to_blob(), kind);
  };

  const button = (text, title, act) => {
    const item = document.createElement("button");
    item.type = "button";
    item.textContent = text;
    item.title = title;
    item.onclick = act;
    bar.append(item);
  };
  if (model.figure) {
    button("PNG", "Save the chart as a picture", () => picture("png"));
    button("SVG", "Save the chart as a drawing", () => picture("svg"));
  }
  button("CSV", "Save the values that the chart shows", () => { model.asked += 1; });
  model.on("csv", () => {
    if (model.csv) save(new Blob(["\ufeff", model.csv], { type: "text/csv;charset=utf-8" }), "csv");
  });
}
