// Import and Export. Files come from the button or are dropped anywhere on the page; they are sent in parts,
// each when the server asks for it, so that a large file neither fills the connection nor stops the page.
const PART = 2_000_000;

export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "files";

  const picker = document.createElement("input");
  picker.type = "file";
  picker.multiple = true;
  picker.hidden = true;
  picker.tabIndex = -1;

  const button = (text, hint) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.title = hint;
    return made;
  };
  const importer = button("Import", "EnergyVis, CodeCarbon, carbontracker, Zeus, Eco2AI or our own; or drop files anywhere");
  const exporter = button("Export", "");
  exporter.className = "menu-button";
  exporter.setAttribute("aria-haspopup", "menu");
  exporter.setAttribute("aria-expanded", "false");

  const menu = document.createElement("div");
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  menu.hidden = true;
  const holder = document.createElement("div");
  holder.className = "holder";
  holder.append(exporter, menu);

  const state = document.createElement("div");
  state.className = "state";
  state.setAttribute("role", "status");
  const words = document.createElement("span");
  const bar_ = document.createElement("progress");
  bar_.max = 1;
  state.append(words, bar_);
  state.hidden = true;

  const veil = document.createElement("div");
  veil.className = "veil";
  veil.hidden = true;
  const veilText = document.createElement("p");
  veilText.textContent = "Drop to import energy profiles";
  veil.append(veilText);

  const refusal = document.createElement("p");
  refusal.className = "refusal";
  refusal.textContent = model.refusal;
  bar.append(...(model.refusal ? [holder, refusal] : [importer, picker, holder, state]));
  el.append(bar, ...(model.refusal ? [] : [veil]));

  // -- sending ----------------------------------------------------------------------------------------
  let queue = [];
  let sent = null;

  const show = () => {
    state.hidden = sent === null;
    if (sent === null) return;
    const read = sent.size ? sent.at / sent.size : 1;
    const rest = queue.length ? `, ${queue.length} more` : "";
    words.textContent = read < 1 ? `Sending ${sent.name}${rest}` : `Reading ${sent.name}${rest}`;
    if (read < 1) bar_.value = read;
    else bar_.removeAttribute("value");
    bar_.setAttribute("aria-label", words.textContent);
  };

  const begin = () => {
    const file = queue.shift();
    sent = file ? { file, name: file.name, size: file.size, at: 0 } : null;
    show();
    if (sent) model.send_msg({ kind: "begin", name: file.name, size: file.size });
  };

  const take = (files) => {
    // A file above the limit is refused by the server from its size alone; nothing of it is sent.
    queue.push(...files);
    if (sent === null) begin();
  };

  const part = async (from) => {
    const file = sent.file;
    let data;
    try {
      data = await file.slice(from, from + PART).arrayBuffer();
    } catch {
      data = new ArrayBuffer(0); // The file has gone since it was chosen: the server ends the upload.
    }
    if (sent === null || sent.file !== file) return;
    model.send_msg(data.byteLength || !file.size ? { kind: "part", data } : { kind: "part" });
    sent.at = from + data.byteLength;
    show();
  };

  const save = (message) => {
    const address = URL.createObjectURL(new Blob([message.content], { type: message.type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = message.name;
    el.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };

  model.on("msg:custom", (event) => {
    const message = event?.data ?? event;
    if (message.kind === "next" && sent && sent.size) part(message.from);
    else if (message.kind === "done") begin();
    else if (message.kind === "file") save(message);
  });

  importer.onclick = () => picker.click();
  picker.onchange = () => {
    take([...picker.files]);
    picker.value = "";
  };

  // -- export menu ------------------------------------------------------------------------------------
  const open = (opened) => {
    menu.hidden = !opened;
    exporter.setAttribute("aria-expanded", String(opened));
    if (opened) menu.firstElementChild?.focus();
  };
  const draw = () => {
    exporter.disabled = !model.exported;
    exporter.title = model.exported ? `Export ${model.exported} as a file` : "There is no profile to export";
    menu.setAttribute("aria-label", exporter.title);
    menu.replaceChildren(
      ...model.formats.map(([format, name]) => {
        const item = button(name, "");
        item.setAttribute("role", "menuitem");
        item.dataset.format = format;
        item.tabIndex = -1;
        item.onclick = () => {
          open(false);
          exporter.focus();
          model.send_msg({ kind: "export", format });
        };
        return item;
      }),
    );
  };
  exporter.onclick = () => open(menu.hidden);
  exporter.onkeydown = (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      open(true);
    }
  };
  menu.onkeydown = (event) => {
    const items = [...menu.children];
    const place = items.indexOf(event.target);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items.at(next % items.length).focus();
    } else if (event.key === "Escape") {
      open(false);
      exporter.focus();
    }
  };
  holder.addEventListener("focusout", (event) => {
    if (!holder.contains(event.relatedTarget)) open(false);
  });
  draw();
  model.on(["exported", "formats"], draw);

  // -- drop target ------------------------------------------------------------------------------------
  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  const enter = (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth += 1;
    veil.hidden = false;
  };
  const over = (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  };
  const leave = (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) veil.hidden = true;
  };
  const drop = (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    take([...event.dataTransfer.files]);
  };
  const heard = model.refusal ? {} : { dragenter: enter, dragover: over, dragleave: leave, drop };
  for (const [name, act] of Object.entries(heard)) document.addEventListener(name, act);
  return () => {
    for (const [name, act] of Object.entries(heard)) document.removeEventListener(name, act);
  };
}
