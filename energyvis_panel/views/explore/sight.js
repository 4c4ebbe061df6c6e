// Watches the column that this component stands in: says once that it comes near the window, and when it enters or leaves it.
const SETTLED_MS = 300;
const AGAIN_MS = 1500;

export function render({ model, el }) {
  const column = el.getRootNode().host?.getRootNode().host ?? el;
  let seen = true, told = true, near = false, timer = 0, again = 0;
  // Not at once: a view that is passed while scrolling needs no word, and a model that is being added may not speak yet.
  const tell = () => {
    if (near && !model.filled) {
      model.send_msg({ near });
      again = setTimeout(tell, AGAIN_MS); // what is said before the page is connected is lost
    }
    if (seen !== told) model.send_msg({ seen });
    told = seen;
  };
  const settle = () => {
    clearTimeout(timer);
    clearTimeout(again);
    timer = setTimeout(tell, SETTLED_MS);
  };
  // Margins count from the box that scrolls, which on the app's pages is not the window.
  const root = scroller(column);
  const watch = (margin_px, note) => {
    const watcher = new IntersectionObserver(
      (entries) => { note(entries[entries.length - 1].isIntersecting); settle(); },
      { root, rootMargin: `${margin_px}px 0px` },
    );
    watcher.observe(column);
    return watcher;
  };
  const watchers = [
    watch(model.margin_px, (is_seen) => { seen = is_seen; }),
    watch(model.near_px, (is_near) => { near = is_near; }),
  ];
  return () => { watchers.forEach((one) => one.disconnect()); clearTimeout(timer); clearTimeout(again); };
}

function scroller(node) {
  for (let at = node.parentElement ?? node.getRootNode().host; at; at = at.parentElement ?? at.getRootNode().host) {
    if (at !== document.body && at !== document.documentElement && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}
