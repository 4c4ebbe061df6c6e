// The machine as a list to edit, and a search for chips in a popover (combobox and listbox).
const COUNT_WAIT_MS = 250; // several quick clicks on + are one edit
const SEARCH_WAIT_MS = 120;
let lists = 0;

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { data, ...plain } = properties;
  for (const [name, value] of Object.entries(plain)) {
    if (name in node && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name, value);
  }
  Object.assign(node.dataset, data || {});
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

const button = (text, label, onclick, key, className = "plain") =>
  make("button", { type: "button", className, textContent: text, "aria-label": label, title: label, onclick, data: { key } });

export function render({ model, el }) {
  const own = `machine-${(lists += 1)}`;
  const send = (action, facts = {}) => model.send_msg({ action, ...facts });
  const root = make("div", { className: "machine" });
  const search = chipSearch(model, send, own);
  el.append(root, search.panel);
  let assumed = false; // whether the assumptions are shown
  const waiting = new Map(); // counts that were clicked but not yet sent, by place

  const errorAt = (at) => {
    const refused = model.machine.refused || {};
    return refused.at === at ? make("p", { className: "refused", role: "alert", textContent: refused.text }) : "";
  };

  const sendCount = (row, at) => {
    const kept = waiting.get(row.place);
    if (!kept) return;
    clearTimeout(kept.timer);
    waiting.delete(row.place);
    if (kept.count !== String(row.count)) send("count", { place: row.place, count: kept.count, at });
  };

  const stepper = (row, at) => {
    const field = make("input", {
      type: "number", min: "1", step: "1", className: "count", value: waiting.get(row.place)?.count ?? row.count,
      "aria-label": `How many ${row.name}`, data: { key: `count-${at}` },
    });
    const set = (count, wait) => {
      field.value = count;
      clearTimeout(waiting.get(row.place)?.timer);
      waiting.set(row.place, { count: String(count), timer: setTimeout(() => sendCount(row, at), wait) });
    };
    const step = (by) => () => set(Math.max(1, (Number.parseInt(field.value, 10) || 1) + by), COUNT_WAIT_MS);
    field.onchange = () => { field.defaultValue = field.value; set(field.value, 0); };
    return make("div", { className: "stepper" },
      button("−", `One ${row.name} less`, step(-1), `less-${at}`, "step"), field,
      button("+", `One ${row.name} more`, step(1), `more-${at}`, "step"));
  };

  const facts = (row) => {
    const line = make("span", { className: "facts" }, `${row.watts} · `);
    line.append(make("span", { className: row.dim ? "dim" : "", textContent: row.rate, title: row.origin }));
    if (row.origin) line.append(make("span", { className: "origin", textContent: ` · ${row.origin}` }));
    line.title = `${row.kind_text}, ${row.watts}, ${row.rate}, ${row.origin}`;
    return line;
  };

  const machineRow = (row) => {
    const at = `row-${row.row}`;
    const gone = row.state === "removed";
    const words = make("div", { className: "words" },
      make("span", { className: "name", textContent: row.name, title: row.name }), facts(row));
    if (row.state !== "same") {
      words.append(make("span", { className: "effect" }, make("b", { textContent: row.was }), row.effect && ` · ${row.effect}`));
    }
    const acts = make("div", { className: "acts" });
    if (!gone) {
      acts.append(button("⇄", `Exchange ${row.name} for another chip`,
        (event) => search.open(event.currentTarget, { action: "exchange", place: row.place, count: row.count, at, kind: row.kind }),
        `exchange-${at}`));
    }
    if (row.state !== "same") {
      acts.append(button("↺", row.state === "added" ? `Take ${row.name} away again` : `Back to what was recorded: ${row.name}`,
        () => send("restore", { row: row.row, at }), `restore-${at}`));
    }
    if (!gone && row.state !== "added") acts.append(button("×", `Take ${row.name} away`, () => send("remove", { place: row.place, at }), `remove-${at}`));
    const lead = gone ? make("div", { className: "gone", textContent: `${row.count} ×` }) : stepper(row, at);
    return make("li", { className: `row ${row.state}`, data: { state: row.state } }, lead, words, acts, errorAt(at));
  };

  const unknownRow = (row) => {
    const at = `unknown-${row.place}`;
    const open = (event) => search.open(event.currentTarget,
      { action: "correct", place: row.place, count: row.count, at, kind: row.kind, text: row.name });
    return make("li", { className: "row unknown" },
      make("div", { className: "words" }, make("span", { textContent: row.text, title: row.why })),
      make("div", { className: "acts" },
        button("Choose", `Choose what ${row.name} is`, open, `choose-${at}`, "outlined"),
        button("Leave out", `Leave ${row.name} out: its energy follows the duration`,
          () => send("leave_out", { place: row.place, at }), `leave-${at}`, "outlined")),
      errorAt(at));
  };

  const bar = (machine) => {
    const open = (action, facts) => (event) => search.open(event.currentTarget, { action, count: 1, at: "bar", ...facts });
    const line = make("div", { className: "bar" });
    if (machine.empty) {
      line.append(button("+ Enter the recorded machine", "Enter a chip of the recorded machine",
        open("correct", { place: machine.recorded_count || 0 }), "record", "outlined"));
    } else if (!machine.unknown.length) {
      line.append(button("+ Add", "Add a chip", open("add"), "add", "outlined"));
      for (const move of machine.moves) {
        line.append(button(move.text, `${move.text}: let them do the whole work`, () => send("move", { kind: move.kind, at: "bar" }), "move", "outlined"));
      }
    }
    if (machine.corrected) {
      line.append(button("Forget what was entered", "Take the machine again that the record names", () => send("forget", { at: "bar" }), "forget", "outlined"));
    }
    if (machine.assumption) {
      const toggle = button("Assumptions", "What this assumes", () => { assumed = !assumed; redraw(); }, "assumed", "outlined");
      toggle.setAttribute("aria-expanded", String(assumed));
      line.append(toggle);
    }
    return make("div", {}, line, errorAt("bar"));
  };

  const settings = (machine) => {
    const formats = make("select", { "aria-label": "Precision at which chips are compared", data: { key: "precision" } },
      ...machine.precisions.map((option) => make("option", { value: option.value, textContent: option.text, selected: option.value === machine.precision })));
    formats.onchange = () => send("precision", { precision: formats.value, at: "settings" });
    const efficiency = make("input", { type: "number", min: "0.01", max: "1", step: "0.01", value: machine.efficiency, data: { key: "efficiency" },
      "aria-label": "Part of the speed kept with each doubling of the number of chips, 0.01 to 1", title: "An assumption: 1.00 is perfect scaling" });
    efficiency.onchange = () => {
      efficiency.defaultValue = efficiency.value;
      send("efficiency", { efficiency: efficiency.value, at: "settings" });
    };
    const said = Number(machine.efficiency) === 1 ? "perfect scaling, assumed" : "assumed";
    return make("div", { className: "settings" },
      make("label", {}, "Precision ", formats),
      make("label", {}, "Kept per doubling ", efficiency, make("small", { textContent: said })),
      errorAt("settings"));
  };

  const notes = (machine) => {
    if (!machine.assumption) return "";
    return make("div", { className: "notes" },
      ...machine.warnings.map((text) => make("p", { textContent: text })),
      assumed ? make("p", { textContent: machine.assumption }) : "");
  };

  // What has the focus, and what is typed there but not sent, outlives a redrawing.
  const redraw = () => {
    const active = el.getRootNode().activeElement;
    const key = root.contains(active) ? active.dataset.key : null;
    const typed = key && active.matches("input") && active.value !== active.defaultValue ? active.value : null;
    if (key) active.onchange = null; // a browser reports a change when a field that is being typed in is taken away
    const scrolled = root.querySelector(".rows")?.scrollTop ?? 0;
    draw();
    root.querySelector(".rows").scrollTop = scrolled;
    if (!key) return;
    const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (again || root.querySelector("button"))?.focus({ preventScroll: true });
    if (again && typed !== null) again.value = typed; // after the focus, so that the caret stands at its end
  };

  const draw = () => {
    const machine = model.machine;
    const known = machine.rows.length > 0;
    const whole = machine.whole ? `Whole change: ${machine.whole}` : "As recorded. Change a count, or exchange a chip.";
    const said = machine.empty || (machine.unknown.length ? "The recorded machine is not known in full." : whole);
    const reset = machine.edited
      && button("Reset", "Back to the recorded machine", () => send("reset", { at: "bar" }), "reset", "outlined reset");
    root.replaceChildren(
      make("div", { className: "head" }, make("h2", { textContent: "On which machine?" }),
        make("p", { className: machine.whole ? "whole edited" : "whole", role: "status", textContent: said }), reset || ""),
      make("ul", { className: "rows", "aria-label": "Chips of the machine", tabIndex: -1 }, ...machine.unknown.map(unknownRow), ...machine.rows.map(machineRow)),
      make("div", { className: "foot" }, bar(machine), known ? settings(machine) : ""),
      notes(machine));
    for (const field of root.querySelectorAll("input")) field.defaultValue = field.value;
  };
  search.onclose = (key) => root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  draw();
  model.on("machine", redraw);
  return () => { search.release(); waiting.forEach(({ timer }) => clearTimeout(timer)); };
}

// Popover with a combobox: opens at a button for an act (add, exchange, correct) and sends it with the chip chosen.
function chipSearch(model, send, own) {
  let act = {}, opener = null, kind = "", serial = 0, active = -1, timer = 0;
  // Enter before the answer to what is typed takes the first of that answer, not of the one before.
  let isAsked = false, isAwaited = false;
  const list = make("ul", { id: `${own}-hits`, role: "listbox", "aria-label": "Chips found" });
  const field = make("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: false, placeholder: "Search chips, e.g. H100, EPYC 7742",
    "aria-label": "Search chips", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  });
  const status = make("p", { className: "found", role: "status" });
  const kinds = make("div", { className: "kinds", role: "group", "aria-label": "Kind of chip" },
    ...[["", "All"], ["gpu", "GPUs"], ["cpu", "CPUs"]].map(([value, text]) =>
      make("button", { type: "button", textContent: text, data: { kind: value }, onclick: () => { showKind(value); ask(0); field.focus(); } })));
  const form = ownChip((facts) => choose(facts));
  const close = make("button", { type: "button", className: "close", textContent: "×", title: "Close", "aria-label": "Close the search", onclick: () => panel.hidePopover() });
  const panel = make("div", { className: "search", popover: "auto", role: "dialog", "aria-label": "Choose a chip" },
    make("div", { className: "top" }, field, kinds, close), status, list, form.details);
  const self = { panel, open, onclose: () => {}, release };

  function showKind(value) {
    kind = value;
    for (const item of kinds.children) item.setAttribute("aria-pressed", String(item.dataset.kind === kind));
  }
  function place() {
    if (!opener?.isConnected) return;
    const margin = 8, box = opener.getBoundingClientRect(), { width, height } = panel.getBoundingClientRect();
    panel.style.left = `${Math.max(margin, Math.min(box.left, innerWidth - width - margin))}px`;
    const below = box.bottom + 4, fits = below + height + margin <= innerHeight;
    panel.style.top = `${fits ? below : Math.max(margin, innerHeight - height - margin)}px`;
  }
  function open(at, wanted) {
    act = wanted;
    opener = at;
    field.value = wanted.text || "";
    showKind(wanted.kind || "");
    form.reset(wanted);
    show([], "");
    panel.showPopover();
    place();
    field.focus();
    field.select();
    ask(0);
  }
  function ask(wait) {
    clearTimeout(timer);
    serial += 1;
    [isAsked, isAwaited] = [true, false];
    timer = setTimeout(() => send("search", { text: field.value, kind, serial }), wait);
  }
  function show(rows, said) {
    unpoint();
    field.setAttribute("aria-expanded", String(rows.length > 0));
    list.replaceChildren(...rows.map(option));
    list.scrollTop = 0;
    status.textContent = said;
    place();
  }
  function option(row, index) {
    const rate = make("span", { className: "figures" }, make("span", { textContent: row.watts }), make("span", { textContent: row.rate }));
    const words = make("span", { className: "words" }, make("span", { className: "name", textContent: row.name }),
      make("span", { className: "facts", textContent: [row.kind_text, row.year, row.origin].filter(Boolean).join(" · ") }));
    const item = make("li", { id: `${own}-hit-${index}`, role: "option", "aria-selected": "false", className: row.dim ? "dim" : "", title: row.source }, words, rate);
    item.onclick = () => choose({ chip_id: row.chip_id, kind: row.kind });
    item.onpointermove = () => point(index, false);
    return item;
  }
  function point(index, scroll = true) {
    const items = list.children;
    if (!items.length) return;
    items[active]?.setAttribute("aria-selected", "false");
    active = (index + items.length) % items.length;
    items[active].setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", items[active].id);
    if (scroll) items[active].scrollIntoView({ block: "nearest" });
  }
  function unpoint() {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = -1;
    field.removeAttribute("aria-activedescendant");
  }
  function choose(facts) {
    const { text, kind: _kind, ...rest } = act;
    send(rest.action, { ...rest, ...facts });
    panel.hidePopover();
  }
  field.oninput = () => { unpoint(); ask(SEARCH_WAIT_MS); };
  field.onkeydown = (event) => {
    const last = list.children.length - 1;
    const to = { ArrowDown: active + 1, ArrowUp: active < 0 ? last : active - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      point(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (event.repeat) return;
      if (isAsked && active < 0) isAwaited = true;
      else list.children[Math.max(active, 0)]?.click();
    }
  };
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    clearTimeout(timer);
    isAwaited = false;
    field.setAttribute("aria-expanded", "false");
    self.onclose(opener?.dataset.key || "");
  });
  const answered = () => {
    const { serial: of, rows = [], failed } = model.hits;
    if (of !== serial) return;
    isAsked = false;
    const none = "No chip is called like that. Enter it by hand below.";
    show(rows, failed || (rows.length ? (field.value.trim() ? `${rows.length} nearest` : "Newest of data centres; type to search all") : none));
    if (isAwaited) list.children[0]?.click();
    isAwaited = false;
  };
  model.on("hits", answered);
  window.addEventListener("scroll", place, { capture: true, passive: true });
  window.addEventListener("resize", place);
  function release() {
    clearTimeout(timer);
    window.removeEventListener("scroll", place, { capture: true });
    window.removeEventListener("resize", place);
  }
  return self;
}

// Form for a chip that the catalogue lacks.
function ownChip(done) {
  const field = (label, name, more) => make("input", { name, required: true, "aria-label": label, placeholder: label, ...more });
  const kind = make("select", { name: "kind", "aria-label": "Kind" }, make("option", { value: "gpu", textContent: "GPU" }), make("option", { value: "cpu", textContent: "CPU" }));
  const name = field("Name", "name", { maxLength: 80 });
  const watts = field("Watts", "tdp_w", { type: "number", min: "0.1", step: "any" });
  const rate = field("TFLOP/s", "tflops", { type: "number", min: "0.000001", step: "any" });
  const form = make("form", {}, kind, name, watts, rate, make("button", { type: "submit", className: "outlined", textContent: "Use it" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    done({ kind: kind.value, name: name.value, tdp_w: watts.value, tflops: rate.value });
  };
  const details = make("details", { className: "own" }, make("summary", {}, "Not there? Enter a chip by hand"), form);
  const reset = (wanted) => {
    form.reset();
    details.open = false;
    kind.value = wanted.kind || "gpu";
    name.value = wanted.action === "correct" ? wanted.text || "" : "";
  };
  return { details, reset };
}
