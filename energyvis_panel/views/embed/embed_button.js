// Opens a view alone as it is, and writes the code that embeds it in another page, with the address of this server as
// the browser sees it.
const HINTS = {
  frame: "A frame keeps its own styles and scripts apart from those of the page. This is the way to prefer.",
  script: "The script draws the view as a part of the page, with Bokeh and Panel loaded into it; see docs/embedding.md for what that asks of the server.",
};
const ORIGINS = "Pages of another host may embed it if the administrator has named that host in ENERGYVIS_EMBED_ORIGINS.";
const TALLEST = 5000, SHORTEST = 80;

const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
const made = (tag, set = {}, ...parts) => {
  const element = Object.assign(document.createElement(tag), set);
  element.append(...parts);
  return element;
};

/** What another page needs to embed views as they are at `here`. */
function snippet(here, wanted) {
  // At the root the app stands too; a script needs the address that names it.
  const app = `${here.origin}${here.pathname.replace(/\/$/, "/app")}`;
  const query = new URLSearchParams({ view: wanted.views.join(",") });
  for (const name of wanted.kept) if (here.searchParams.has(name)) query.set(name, here.searchParams.get(name));
  if (wanted.theme !== "light") query.set("theme", wanted.theme);
  if (wanted.link) query.set("link", wanted.link);
  const described = `${query}`.replaceAll("%2C", ",");
  const address = `${app}?${described}`;
  if (wanted.way === "script") {
    const place = `energyvis-${wanted.serial}`;
    const path = new URL(app).pathname;
    const source = `${app}/autoload.js?bokeh-autoload-element=${place}&bokeh-app-path=${path}&bokeh-absolute-url=${app}&${described}`;
    const code = `<div style="min-height: ${wanted.height}px">\n`
      + `<script id="${place}" src="${escaped(source)}"></script></div>`;
    return { address, code };
  }
  const frame = `<iframe src="${escaped(address)}" title="${escaped(wanted.title)}" width="100%" height="${wanted.height}" `
    + `loading="lazy" style="border: 0"></iframe>`;
  const follows = wanted.grows ? `\n<script async src="${escaped(wanted.script)}"></script>` : "";
  return { address, code: frame + follows };
}

export function render({ model, el, view }) {
  const bar = made("div", { className: model.is_of_page ? "bar page" : "bar" });
  const sheet = made("dialog");
  sheet.setAttribute("aria-label", "Embed in another page");

  const field = (tag, set) => made(tag, set);
  const check = (text, set) => {
    const box = field("input", { type: "checkbox", ...set });
    return { box, label: made("label", {}, box, text) };
  };
  const views = model.offers.map(([name, title, height]) =>
    ({ name, title, height, ...check(title, { checked: model.chosen.includes(name) }) }));
  const ways = [["frame", "Frame (iframe)"], ["script", "Script"]].map(([way, text]) => {
    const box = field("input", { type: "radio", name: "way", value: way, checked: way === "frame" });
    return { way, box, label: made("label", {}, box, text) };
  });
  const theme = made("select", { name: "theme" }, ...[["auto", "As the page"], ["light", "Light"], ["dark", "Dark"]].map(
    ([value, text]) => made("option", { value, textContent: text })));
  const height = field("input", { type: "number", name: "height", min: SHORTEST, max: TALLEST, step: 10 });
  height.setAttribute("aria-label", "Height in pixels");
  const grows = check("grows with the view", { name: "grows", checked: true });
  const linked = check("with frames that carry the name", { name: "linked" });
  const link = field("input", { type: "text", name: "link", value: "a", maxLength: 40, pattern: "[A-Za-z0-9_\\-]+" });
  link.setAttribute("aria-label", "Name that linked frames share");
  theme.setAttribute("aria-label", "Theme");
  const code = field("textarea", { readOnly: true, spellcheck: false });
  code.setAttribute("aria-label", "Code to put into the page");
  const hint = made("p", { className: "hint" });
  const said = made("span", { className: "said" });
  said.setAttribute("role", "status");

  const present = () => {
    const picked = views.filter(({ box }) => box.checked);
    const shown = picked.length ? picked : views.filter(({ name }) => model.chosen.includes(name));
    return {
      views: shown.map(({ name }) => name),
      title: shown.map(({ title }) => title).join(", "),
      tallest: Math.max(...shown.map((view) => view.height)),
      way: ways.find(({ box }) => box.checked).way,
      theme: theme.value,
      height: Math.min(Math.max(Math.round(Number(height.value)) || SHORTEST, SHORTEST), TALLEST),
      grows: grows.box.checked,
      link: linked.box.checked && link.validity.valid ? link.value : "",
      kept: model.kept,
      script: new URL(model.script, document.baseURI).href,
      serial: Math.random().toString(36).slice(2, 8), // distinct in a page that holds several
    };
  };
  const write = () => {
    const wanted = present();
    link.disabled = !linked.box.checked;
    grows.box.disabled = wanted.way === "script";
    hint.textContent = `${HINTS[wanted.way]} ${ORIGINS}`;
    code.value = snippet(new URL(window.location.href), wanted).code;
    said.textContent = linked.box.checked && !link.validity.valid ? "A name has letters, digits, - and _." : "";
  };
  const fit = () => { height.value = present().tallest; write(); };
  for (const { box } of views) box.onchange = fit;

  const row = (name, ...parts) => [made("span", { className: "name", textContent: name }), made("div", { className: "row" }, ...parts)];
  const list = made("div", { className: "views" }, ...views.map(({ label }) => label));
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Views, side by side where there is room");
  const waysBox = made("div", { className: "row" }, ...ways.map(({ label }) => label));
  waysBox.setAttribute("role", "radiogroup");
  waysBox.setAttribute("aria-label", "Way");
  const form = made("form", {},
    ...(views.length > 1 ? [made("span", { className: "name", textContent: "Views" }), list] : []),
    made("span", { className: "name", textContent: "Way" }), waysBox,
    ...row("Theme", theme),
    ...row("Height", height, "px", grows.label),
    ...row("Linked", linked.label, link),
  );
  form.onsubmit = (event) => event.preventDefault();
  form.oninput = write;

  const copy = made("button", { type: "button", className: "copy", textContent: "Copy" });
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.value);
      said.textContent = "Copied.";
    } catch {
      // Without TLS a browser copies nothing by itself.
      code.focus();
      code.select();
      said.textContent = "The browser does not allow copying here. The code is selected: copy it by key.";
    }
  };
  const close = made("button", { type: "button", textContent: "Close" });
  close.onclick = () => sheet.close();
  sheet.append(made("h2", { textContent: "Embed in another page" }), form, hint, code, made("div", { className: "foot" }, copy, close, said));
  sheet.onclick = (event) => { if (event.target === sheet) sheet.close(); };
  // Keys that the page listens to do nothing behind the sheet.
  sheet.onkeydown = (event) => event.stopPropagation();

  const alone = made("button", { type: "button", textContent: "Open alone" });
  alone.onclick = () => {
    const wanted = { ...present(), theme: new URL(window.location.href).searchParams.get("theme") ?? "light", link: "" };
    window.open(snippet(new URL(window.location.href), { ...wanted, views: model.chosen }).address, "_blank", "noopener");
  };
  const embed = made("button", { type: "button", textContent: "Embed…" });
  embed.setAttribute("aria-haspopup", "dialog");
  embed.onclick = () => {
    fit();
    sheet.showModal();
    copy.focus();
  };
  // What a frame shows by now is not in its address, so it offers no code.
  const isFramed = new URL(window.location.href).searchParams.has("view");
  bar.append(...(isFramed || !model.is_of_page ? [alone] : []), ...(isFramed ? [] : [embed]));
  // Drawn by a script as a part of a foreign page, the address is that page's: it names no view of ours.
  const isForeign = !("themeManaged" in document.documentElement.dataset)
    && [...view.model.document._all_models.values()].some((one) => one.class_name === "HostPage");
  if (!isForeign) el.append(bar, sheet);
}
