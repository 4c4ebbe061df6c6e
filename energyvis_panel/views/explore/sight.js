// Watches the column that this component stands in, and says when it enters or leaves the window.
const SETTLED_MS = 300;

export function render({ model, el }) {
  const column = el.getRootNode().host?.getRootNode().host ?? el;
  let seen = true, told = true, timer = 0;
  // Not at once: a view that is passed while scrolling needs no word, and a model that is being added may not speak yet.
  const tell = () => {
    if (seen !== told) model.send_msg({ seen });
    told = seen;
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      seen = entries[entries.length - 1].isIntersecting;
      clearTimeout(timer);
      timer = setTimeout(tell, SETTLED_MS);
    },
    { rootMargin: `${model.margin_px}px 0px` },
  );
  watcher.observe(column);
  return () => { watcher.disconnect(); clearTimeout(timer); };
}
