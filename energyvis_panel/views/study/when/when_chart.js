// Intensities of a window as steps, the run's bars below, a slider for the start and two for the window.
const SVG = "http://www.w3.org/2000/svg";
const LEFT = 44, RIGHT = 12, TOP = 22, PLOT = 150, LANE = 26, AXIS = 22, OVERVIEW = 34;
const HOUR = 3600e3, DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (n) => String(n).padStart(2, "0");
const day = (ms) => { const t = new Date(ms); return `${t.getUTCDate()} ${MONTHS[t.getUTCMonth()]}`; };
const clock = (ms) => { const t = new Date(ms); return `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`; };
const moment = (ms) => `${day(ms)} ${new Date(ms).getUTCFullYear()}, ${clock(ms)} UTC`;

function shape(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}

function html(parent, name, className, attributes = {}) {
  const node = document.createElement(name);
  if (className) node.className = className;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent.appendChild(node);
  return node;
}

// Places of the time axis: round hours, days, weeks, else the first of each month.
function ticks(from, to, most) {
  for (const step of [1, 2, 3, 6, 12, 24, 48, 96, 168, 336].map((hours) => hours * HOUR)) {
    if ((to - from) / step > most) continue;
    const found = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      found.push([at, step < DAY && at % DAY ? clock(at) : day(at)]);
    }
    return found;
  }
  const found = [], begin = new Date(from), each = Math.ceil((to - from) / (30.4 * DAY) / most);
  for (let month = begin.getUTCMonth() + 1; ; month += each) {
    const at = Date.UTC(begin.getUTCFullYear(), month, 1);
    if (at > to) return found;
    const name = MONTHS[((month % 12) + 12) % 12];
    found.push([at, month % 12 ? name : String(new Date(at).getUTCFullYear())]);
  }
}

function roundStep(top) {
  const power = 10 ** Math.floor(Math.log10(top / 3));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => top / step <= 4);
}

export function render({ model, el }) {
  const root = html(el, "div", "when");
  const readout = html(root, "div", "readout");
  const main = shape(root, "svg", { class: "main", role: "img" });
  const startRow = html(root, "div", "track");
  html(startRow, "span", "gutter", { "aria-hidden": "true" }).textContent = "start";
  const start = html(startRow, "input", "start", { type: "range", "aria-label": "Start of the run" });
  const windowTitle = html(root, "div", "title");
  windowTitle.textContent = "Starts that are allowed, within all that is known";
  const overview = shape(root, "svg", { class: "overview", "aria-hidden": "true" });
  const windowRow = html(root, "div", "track window");
  const earliest = html(windowRow, "input", "", { type: "range", "aria-label": "Earliest start" });
  const latest = html(windowRow, "input", "", { type: "range", "aria-label": "Latest start" });
  const dates = html(root, "div", "dates");
  const field = (text) => {
    const label = html(dates, "label", "");
    html(label, "span", "").textContent = text;
    return html(label, "input", "", { type: "datetime-local" });
  };
  const from = field("Earliest start (UTC)"), to = field("Latest start (UTC)");

  // While a slider moves, only its last place is worth an answer; a move of the other one is kept.
  const waiting = new Map();
  let timer = null;
  const flush = () => {
    timer = null;
    if (!waiting.size) return;
    for (const request of waiting.values()) model.send_msg(request);
    waiting.clear();
    timer = setTimeout(flush, 60);
  };
  const send = (request) => { waiting.set(request.action, request); if (timer === null) flush(); };

  const timeOf = (step) => model.grid.origin_ms + step * model.grid.step_ms;
  const width = () => Math.max(root.clientWidth, 280);
  const chartRight = () => width() - RIGHT;
  const shownFrom = () => timeOf(model.grid.first);
  const shownTo = () => timeOf(model.grid.first + model.grid.shown);
  const x = (ms) => LEFT + (ms - shownFrom()) / (shownTo() - shownFrom()) * (chartRight() - LEFT);
  const wide = (input, share) => {
    input.style.left = `${LEFT - 8}px`;
    input.style.width = `${share * (chartRight() - LEFT) + 16}px`;
  };

  function drawMain() {
    const grid = model.grid, lanes = model.lanes.lanes, bottom = TOP + PLOT, below = bottom + lanes.length * LANE;
    main.replaceChildren();
    main.setAttribute("viewBox", `0 0 ${width()} ${below + AXIS}`);
    main.setAttribute("height", below + AXIS);
    main.setAttribute("aria-label", `Carbon intensity from ${moment(shownFrom())} to ${moment(shownTo())}. ` +
      lanes.map((lane) => lane.text).join("; "));
    const known = grid.bins.filter((value) => value !== null);
    const top = Math.max(...known, 1) * 1.08, y = (value) => bottom - value / top * PLOT;
    for (let tick = 0; tick <= top; tick += roundStep(top)) {
      shape(main, "line", { class: "grid", x1: LEFT, x2: chartRight(), y1: y(tick), y2: y(tick) });
      shape(main, "text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, String(tick));
    }
    shape(main, "text", { class: "tick", x: LEFT, y: 12 },
      `g CO₂e/kWh${grid.synthetic ? ", synthetic example, not measured" : ""}`);
    let line = "";
    grid.bins.forEach((value, place) => {
      if (value === null) { line += " "; return; }
      const begin = x(timeOf(grid.first + place * grid.bin_steps));
      const end = x(timeOf(grid.first + Math.min((place + 1) * grid.bin_steps, grid.shown)));
      shape(main, "rect", { x: begin, y: y(value), width: Math.max(end - begin, 0.5), height: bottom - y(value),
        fill: grid.colours[place], "shape-rendering": "crispEdges" });
      line += `${line && !line.endsWith(" ") ? "L" : "M"}${begin} ${y(value)}L${end} ${y(value)}`;
    });
    shape(main, "path", { class: "steps", d: line.trim() });
    for (const [at, text] of ticks(shownFrom(), shownTo(), (chartRight() - LEFT) / 72)) {
      shape(main, "line", { class: "grid", x1: x(at), x2: x(at), y1: bottom, y2: below });
      if (x(at) < chartRight() - 14) shape(main, "text", { class: "tick", x: x(at), y: below + 16, "text-anchor": "middle" }, text);
    }
    shape(main, "line", { class: "edge", x1: LEFT, x2: chartRight(), y1: bottom, y2: bottom });
    lanes.forEach((lane, row) => drawLane(lane, bottom + row * LANE + 5, bottom, below));
  }

  function drawLane(lane, at, bottom, below) {
    const colour = model.lanes.alternative ? "alternative" : "baseline";
    const begin = x(lane.parts[0][0]), end = x(lane.parts[lane.parts.length - 1][1]);
    const group = shape(main, "g", { class: `lane ${lane.kind} ${colour}` });
    if (lane.kind === "chosen") {
      shape(group, "rect", { class: "shade", x: begin, y: TOP, width: Math.max(end - begin, 2), height: bottom - TOP });
    }
    if (lane.kind === "best") {
      shape(group, "path", { class: "mark", d: `M${begin - 5} ${TOP - 8}h10l-5 8z` });
      shape(group, "line", { class: "drop", x1: begin, x2: begin, y1: TOP, y2: at });
    }
    shape(group, "line", { class: "wait", x1: begin, x2: end, y1: at + 8, y2: at + 8 });
    for (const [left, right] of lane.parts) {
      shape(group, "rect", { class: "bar", x: x(left), y: at, width: Math.max(x(right) - x(left), 3), height: 16, rx: 2 });
    }
    const length = lane.text.length * 6.6, inside = lane.parts.length === 1 && end - begin > length + 12;
    const after = end + 6 + length < chartRight() + RIGHT;
    shape(group, "text", {
      class: inside ? "name inside" : "name", y: at + 12,
      x: inside ? begin + 6 : after ? end + 6 : Math.max(begin - 6, LEFT + length - 36),
      "text-anchor": inside || after ? "start" : "end",
    }, lane.text);
  }

  function drawOverview() {
    const grid = model.grid, span = chartRight() - LEFT, at = (step) => LEFT + step / grid.steps * span;
    overview.replaceChildren();
    overview.setAttribute("viewBox", `0 0 ${width()} ${OVERVIEW + 14}`);
    overview.setAttribute("height", OVERVIEW + 14);
    const top = Math.max(...grid.overview.filter((value) => value !== null), 1) * 1.05;
    grid.overview.forEach((value, place) => {
      if (value === null) return;
      const begin = at(place * grid.overview_steps), end = at(Math.min((place + 1) * grid.overview_steps, grid.steps));
      shape(overview, "rect", { class: "far", x: begin, y: OVERVIEW - value / top * OVERVIEW,
        width: end - begin + 0.3, height: value / top * OVERVIEW });
    });
    shape(overview, "rect", { class: "chosen-window", x: at(grid.first), y: 0, height: OVERVIEW,
      width: Math.max(at(grid.last) - at(grid.first), 2) });
    for (const [ms, text] of ticks(timeOf(0), timeOf(grid.steps), span / 60)) {
      const place = at((ms - grid.origin_ms) / grid.step_ms);
      if (place < chartRight() - 14) shape(overview, "text", { class: "tick", x: place, y: OVERVIEW + 12, "text-anchor": "middle" }, text);
    }
  }

  const localText = (step) => new Date(timeOf(step)).toISOString().slice(0, 16);
  function setInputs() {
    const grid = model.grid;
    const set = (input, least, most, value) => {
      Object.assign(input, { min: least, max: most, step: 1 });
      if (input !== held) input.value = value;
      input.setAttribute("aria-valuetext", moment(timeOf(Number(input.value))));
    };
    set(start, grid.first, grid.last, model.lanes.start);
    set(earliest, 0, grid.most, grid.first);
    set(latest, 0, grid.most, grid.last);
    start.disabled = grid.first === grid.last;
    wide(start, (grid.last - grid.first) / grid.shown);
    wide(earliest, grid.most / grid.steps);
    wide(latest, grid.most / grid.steps);
    const focused = el.getRootNode().activeElement;
    for (const [input, step] of [[from, grid.first], [to, grid.last]]) {
      Object.assign(input, { min: localText(0), max: localText(grid.most), step: grid.step_ms / 1000 });
      if (input !== focused) input.value = localText(step);
    }
    readout.textContent = `Start: ${moment(timeOf(model.lanes.start))}`;
  }

  let held = null, frame = null;
  const draw = () => {
    root.hidden = !model.grid.bins || !model.lanes.lanes;
    if (root.hidden) return;
    setInputs();
    drawMain();
    drawOverview();
  };
  // Both parameters change together; one drawing answers both.
  const later = () => { if (frame === null) frame = requestAnimationFrame(() => { frame = null; draw(); }); };

  for (const input of [start, earliest, latest]) {
    input.onpointerdown = () => { held = input; };
    input.onpointerup = input.onpointercancel = () => { held = null; later(); };
    input.onblur = () => { held = null; };
  }
  start.oninput = () => {
    const step = Number(start.value);
    start.setAttribute("aria-valuetext", moment(timeOf(step)));
    send({ action: "start", start: step });
  };
  const moved = () => send({ action: "window", first: Number(earliest.value), last: Number(latest.value) });
  earliest.oninput = () => { if (Number(earliest.value) > Number(latest.value)) earliest.value = latest.value; moved(); };
  latest.oninput = () => { if (Number(latest.value) < Number(earliest.value)) latest.value = earliest.value; moved(); };
  const typed = () => {
    const step = (input) => Math.round((Date.parse(`${input.value}Z`) - model.grid.origin_ms) / model.grid.step_ms);
    if (Number.isFinite(step(from)) && Number.isFinite(step(to))) send({ action: "window", first: step(from), last: step(to) });
  };
  from.onchange = to.onchange = typed;
  from.onblur = to.onblur = later;

  const stepUnder = (event) => {
    const box = main.getBoundingClientRect();
    const ms = shownFrom() + (event.clientX - box.left - LEFT) / (chartRight() - LEFT) * (shownTo() - shownFrom());
    return Math.floor((ms - model.grid.origin_ms) / model.grid.step_ms);
  };
  main.onpointermove = (event) => {
    const grid = model.grid, place = Math.floor((stepUnder(event) - grid.first) / grid.bin_steps);
    const value = grid.bins[place];
    if (value === undefined) return;
    const mean = grid.bin_steps > 1 ? ` (mean of ${grid.bin_steps} steps)` : "";
    const amount = value === null ? "no value" : `${value.toPrecision(3)} g/kWh${mean}`;
    readout.textContent = `${moment(timeOf(grid.first + place * grid.bin_steps))}: ${amount}`;
  };
  main.onpointerleave = () => { readout.textContent = `Start: ${moment(timeOf(model.lanes.start))}`; };
  main.onclick = (event) => {
    const step = Math.min(Math.max(stepUnder(event), model.grid.first), model.grid.last);
    send({ action: "start", start: step });
  };

  function save() {
    const copy = main.cloneNode(true), high = Number(main.getAttribute("height"));
    const names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "opacity", "font-size", "font-family", "font-weight"];
    const nodes = [...copy.querySelectorAll("*")];
    [...main.querySelectorAll("*")].forEach((node, place) => {
      const style = getComputedStyle(node);
      for (const name of names) nodes[place].setAttribute(name, style.getPropertyValue(name));
    });
    copy.setAttribute("xmlns", SVG);
    copy.setAttribute("width", width());
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas"), ink = canvas.getContext("2d"), root_ = getComputedStyle(root);
      canvas.width = width() * 2;
      canvas.height = (high + 28) * 2;
      ink.scale(2, 2);
      ink.fillStyle = root_.getPropertyValue("--ev-paper").trim() || "#fff";
      ink.fillRect(0, 0, width(), high + 28);
      ink.fillStyle = root_.color;
      ink.font = `12px ${root_.fontFamily}`;
      ink.fillText(model.lanes.caption, LEFT, 17, width() - LEFT - RIGHT);
      ink.drawImage(picture, 0, 28, width(), high);
      const link = document.createElement("a");
      link.download = "when-to-run.png";
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }

  const watcher = new ResizeObserver(later);
  watcher.observe(root);
  draw();
  model.on("grid", later);
  model.on("lanes", later);
  model.on("picture", save);
  model.on("remove", () => watcher.disconnect());
}
