// For pages that embed EnergyVis views in frames: gives each frame the height of its view, and frames with theme=auto the
// theme of the ground they stand on. It listens to frames of the server it came from and to no other.
(() => {
  const server = new URL(document.currentScript.src).origin;
  const serving = (window.energyvisServers ??= new Set());
  if (serving.has(server)) return; // each snippet brings the script along
  serving.add(server);
  const SHORTEST = 40, TALLEST = 20000;

  const ours = (frame) => {
    try {
      return new URL(frame.src, document.baseURI).origin === server;
    } catch {
      return false;
    }
  };
  const frames = () => [...document.querySelectorAll("iframe[src]")].filter(ours);

  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  /** Red, green, blue from 0 to 255 and alpha from 0 to 1 of a colour in whatever notation. */
  const painted = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };

  /** Whether the ground below an element is dark: of the first of its ancestors that paints one. */
  const isDark = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      const [red, green, blue, alpha] = painted(getComputedStyle(at).backgroundColor);
      if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    }
    return getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const tell = (frame) => {
    frame.contentWindow?.postMessage({ energyvis: { theme: isDark(frame) ? "dark" : "light", fits: true } }, "*"); // a theme is no secret, and a frame that has not loaded yet has no such origin
  };

  addEventListener("message", ({ origin, source, data }) => {
    const height = data?.energyvis?.height;
    if (origin !== server || !Number.isFinite(height)) return;
    const frame = frames().find((one) => one.contentWindow === source);
    if (!frame) return;
    frame.style.height = `${Math.min(Math.max(Math.ceil(height), SHORTEST), TALLEST)}px`;
    tell(frame);
  });
  const again = () => frames().forEach(tell);
  const watched = new MutationObserver(again);
  for (const part of [document.documentElement, document.body]) {
    if (part) watched.observe(part, { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-color-mode"] });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  again(); // frames that were there before the script
})();
