// Controls of the question when to run, after the form fields: where values come from, or what to do with them.
// A file is sent in parts, each when the server asks for it.
const PART = 2_000_000;

export function render({ model, el }) {
  const act = (action, more = {}) => model.send_msg({ kind: "act", action, ...more });
  const bar = element("div", "bar");
  el.append(bar);
  const button = (text, hint, click, className = "plain") => {
    const made = element("button", className, text);
    made.type = "button";
    made.title = hint;
    made.onclick = click;
    return made;
  };

  if (model.which === "sources") {
    const picker = element("input");
    picker.type = "file";
    picker.accept = ".csv,text/csv,text/plain";
    picker.hidden = true;
    picker.tabIndex = -1;
    const importer = button("Import CSV", "A column of times and one of g/kWh, as Electricity Maps and NESO write them", () => picker.click());
    const example = button("Synthetic example", "A made-up curve with the mean of the region, to try it", () => act("example"));
    const zone = element("input");
    zone.setAttribute("list", "ev-zones");
    zone.autocomplete = "off";
    zone.spellcheck = false;
    const known = element("datalist");
    known.id = "ev-zones";
    known.append(...model.zones.map((name) => {
      const option = element("option");
      option.value = name;
      return option;
    }));
    zone.onchange = () => act("set", { name: "zone", value: zone.value });
    const scope = element("select");
    options(scope, [["lifecycle", "Lifecycle"], ["direct", "Direct"]]);
    scope.onchange = () => act("set", { name: "scope", value: scope.value });
    const state = element("div", "state");
    state.setAttribute("role", "status");
    const ofFiles = [labelled("Zone, if a file names none", zone), labelled("If a file has both scopes", scope), known, state];
    if (model.refusal) bar.append(example, element("p", "refusal", model.refusal));
    else bar.append(importer, picker, example, ...ofFiles);

    let file = null;
    picker.onchange = () => {
      file = picker.files[0] ?? null;
      picker.value = "";
      if (!file) return;
      state.textContent = `Reading ${file.name}`;
      model.send_msg({ kind: "begin", name: file.name, size: file.size });
    };
    const sendPart = async (from) => {
      const sent = file;
      let data;
      try {
        data = await sent.slice(from, from + PART).arrayBuffer();
      } catch {
        data = new ArrayBuffer(0); // The file has gone since it was chosen: the server ends the upload.
      }
      if (file === sent) model.send_msg(data.byteLength ? { kind: "part", data } : { kind: "part" });
    };
    model.on("msg:custom", (event) => {
      const message = event?.data ?? event;
      if (message.kind === "next" && file) sendPart(message.from);
      if (message.kind === "done") { file = null; state.textContent = ""; }
    });
    const show = () => {
      if (el.getRootNode().activeElement !== zone) zone.value = model.values.zone;
      scope.value = model.values.scope;
    };
    show();
    model.on("values", show);
    return;
  }

  const best = button("Use best start", "Start when the run emits least", () => act("best"), "plain strong");
  const pausing = element("label", "switch");
  const box = element("input");
  box.type = "checkbox";
  pausing.append(box, element("span", "", "may pause between epochs"));
  box.onchange = () => act("set", { name: "may_pause", value: box.checked });
  const number = (name, label, most, step) => {
    const input = element("input");
    Object.assign(input, { type: "number", min: name === "most_pauses" ? 1 : 0, max: most, step });
    input.onchange = () => act("set", { name, value: input.value });
    input.onblur = () => show(); // A value that was refused gives way to the one that holds.
    const place = labelled(label, input);
    return [place, input, name];
  };
  const numbers = [number("most_pauses", "Most pauses", 50, 1), number("idle_w", "Power in a pause, W before PUE", 1e9, "any")];
  const exports = element("div", "exports");
  exports.append(
    button("CSV", "Save each step of the window as a table", () => model.send_msg({ kind: "csv" }), "plain quiet"),
    button("PNG", "Save the chart as a picture", () => act("picture"), "plain quiet"),
    button("Remove", "Remove the hourly values", () => act("forget"), "plain quiet"),
  );
  bar.append(best, pausing, ...numbers.map(([place]) => place), exports);

  model.on("msg:custom", (event) => {
    const message = event?.data ?? event;
    if (message.kind !== "file") return;
    const address = URL.createObjectURL(new Blob([message.content], { type: "text/csv" }));
    const link = element("a");
    link.href = address;
    link.download = message.name;
    el.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
  const show = () => {
    box.checked = model.values.may_pause;
    for (const [place, input, name] of numbers) {
      place.hidden = !model.values.may_pause;
      if (el.getRootNode().activeElement !== input) input.value = model.values[name];
    }
    best.hidden = pausing.hidden = !model.values.answered;
    for (const [place] of numbers) place.hidden ||= !model.values.answered;
    exports.firstChild.hidden = exports.children[1].hidden = !model.values.answered;
    bar.hidden = !model.values.present;
  };
  show();
  model.on("values", show);
}
