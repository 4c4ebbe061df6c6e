// Opens one view alone as it is, and copies the code that embeds it in another page.
// What of the address it needs: the runs and what is brushed and marked, the axes, and where the energy is used.
const KEPT = ["data", "brushes", "own", "axes", "profile", "compare", "further", "region", "g", "pue", "price", "unit", "theme"];

export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "links";
  el.append(bar);

  const address = () => {
    const here = new URL(window.location.href);
    const query = new URLSearchParams({ view: model.address });
    for (const name of KEPT) if (here.searchParams.has(name)) query.set(name, here.searchParams.get(name));
    return `${here.origin}${here.pathname}?${query}`;
  };
  const button = (text, act) => {
    const item = document.createElement("button");
    item.type = "button";
    item.textContent = text;
    item.onclick = () => act(item);
    bar.append(item);
  };
  button("Open alone", () => window.open(address(), "_blank", "noopener"));
  button("Copy embed code", async (item) => {
    const frame = document.createElement("iframe");
    frame.src = address();
    frame.title = model.subject;
    frame.width = "100%";
    frame.height = "480";
    const said = item.textContent;
    try {
      await navigator.clipboard.writeText(frame.outerHTML);
      item.textContent = "Copied";
    } catch {
      item.textContent = "The browser refuses to copy";
    }
    setTimeout(() => { item.textContent = said; }, 2000);
  });
}
