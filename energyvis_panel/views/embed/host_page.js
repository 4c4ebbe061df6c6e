// Gives the views their theme. In a frame it also tells the page around how high they are, and takes the theme that it names.
export function render({ model, view }) {
  const root = document.documentElement;
  // Drawn by a script as a part of a foreign page, the document is not ours.
  const isOurs = "themeManaged" in root.dataset;
  const isFramed = isOurs && window.parent !== window;
  const page = view.model.document.roots().find((one) => one.class_name === "Page");
  const browser = matchMedia("(prefers-color-scheme: dark)");
  let named = "";

  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  /** Red, green, blue from 0 to 255 and alpha from 0 to 1 of a colour in whatever notation. */
  const painted = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };

  /** Whether the ground that the views stand on in a foreign page is dark. */
  const groundIsDark = () => {
    for (let at = view.root?.el?.parentElement; at; at = at.parentElement) {
      const [red, green, blue, alpha] = painted(getComputedStyle(at).backgroundColor);
      if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    }
    return false;
  };
  const isDark = () => {
    if (model.theme !== "auto") return model.theme === "dark";
    if (named) return named === "dark";
    return isOurs ? browser.matches : groundIsDark();
  };
  // Material takes no notice of a theme that is named before it has drawn the page: it is named again until it does.
  let settling = 0;
  const settle = (tries = 200) => {
    clearTimeout(settling);
    const dark = page.data.dark_theme, drawn = Bokeh.index.find_one_by_id(page.id)?.container?.classList;
    if (!tries || drawn?.contains(dark ? "mui-dark" : "mui-light")) return;
    if (drawn) {
      page.data.setv({ dark_theme: !dark }, { silent: true });
      page.data.dark_theme = dark;
    }
    settling = setTimeout(() => settle(tries - 1), 50);
  };
  const show = () => {
    const dark = isDark();
    if (page) {
      page.data.dark_theme = dark;
      settle();
    }
    // For what the browser draws itself, such as bars to scroll and lists to choose from.
    if (isOurs) root.style.colorScheme = dark ? "dark" : "light";
  };
  show();

  const heard = ({ origin, source, data }) => {
    const said = data?.energyvis;
    if (source !== window.parent || !said || ![window.location.origin, ...model.origins].includes(origin)) return;
    if (["light", "dark"].includes(said.theme) && said.theme !== named) {
      named = said.theme;
      show();
    }
    // The host gives the frame its height: a bar that shows until it has would make the views narrower.
    if (said.fits && root.style.overflowY !== "hidden") {
      root.style.overflowY = "hidden";
      told = 0; // a script that came late has not heard the height
      tell();
    }
  };
  let told = 0, waits = 0;
  const tell = () => {
    waits = 0;
    const height = Math.ceil(view.parent.el.getBoundingClientRect().bottom + window.scrollY);
    if (height === told) return;
    told = height;
    // A height is no secret, and the host's address may be withheld; who may frame at all is in the server's headers.
    window.parent.postMessage({ energyvis: { height } }, "*");
  };
  const resized = new ResizeObserver(() => { waits ||= requestAnimationFrame(tell); });
  const turned = new MutationObserver(show);

  browser.addEventListener("change", show);
  if (isFramed) {
    window.addEventListener("message", heard);
    resized.observe(view.parent.el);
  } else if (!isOurs) {
    requestAnimationFrame(show); // by then the views stand on their ground
    for (const part of [root, document.body]) {
      turned.observe(part, { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-color-mode"] });
    }
  }
  model.on("remove", () => {
    clearTimeout(settling);
    browser.removeEventListener("change", show);
    window.removeEventListener("message", heard);
    resized.disconnect();
    turned.disconnect();
  });
}
