// Watches the column that this component stands in, and says when it enters or leaves the window.
export function render({ model, el }) {
  const column = el.getRootNode().host?.getRootNode().host ?? el;
  const watcher = new IntersectionObserver(
    (entries) => model.send_msg({ seen: entries[entries.length - 1].isIntersecting }),
    { rootMargin: `${model.margin_px}px 0px` },
  );
  watcher.observe(column);
  return () => watcher.disconnect();
}
