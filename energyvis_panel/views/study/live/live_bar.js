// The live bar: a button that opens a field for the URL; once connected, the run's state with its commands.
// Ages are counted on here, so that the server need not send them every second.
const MOST_QUIET_S = 10;

export function render({ model, el }) {
  let since = performance.now();
  let beat = null;
  let drawn = null;
  let shown = "";
  let isOpen = false;
  let isConfirming = false;

  const make = (tag, className, text = "") => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.textContent = text;
    return node;
  };
  const send = (action, more = {}) => model.send_msg({ action, ...more });
  const button = (text, act, className = "") => {
    const node = make("button", className, text);
    node.type = "button";
    node.onclick = act;
    return node;
  };

  // -- the field for the URL
  const opener = button("⌁ Live URL", () => toggle(true), "outlined");
  opener.setAttribute("aria-expanded", "false");
  const form = make("form", "form");
  form.noValidate = true;
  const field = make("input");
  field.type = "text";
  field.maxLength = 4000;
  field.placeholder = "http://127.0.0.1:43210/?token=…";
  field.autocomplete = "off";
  field.spellcheck = false;
  field.setAttribute("autocapitalize", "none");
  field.setAttribute("aria-label", "Live URL of the run");
  const follow = make("button", "outlined strong", "Follow");
  follow.type = "submit";
  const hint = make("p", "hint", "The tracker prints it when a run starts. Try one: energyvis-track run -- python train.py");
  form.append(field, follow, button("Cancel", () => toggle(false)), hint);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!field.value.trim()) { field.focus(); return; }
    send("follow", { text: field.value });
  };
  field.onkeydown = (event) => { if (event.key === "Escape") toggle(false); };

  const toggle = (open) => {
    isOpen = open;
    if (!open && model.content.phase === "idle") send("dismiss");
    draw();
    (open ? field : opener).focus();
  };

  // -- the run
  const line = make("div", "line");
  const dot = make("span", "dot");
  dot.setAttribute("aria-hidden", "true");
  const name = make("span", "name");
  const state = make("span", "state");
  // Read aloud when the state changes, and not with each second that passes.
  const said = make("span", "said");
  said.setAttribute("role", "status");
  const power = make("span", "power");
  const origin = make("span", "origin");
  const spark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  spark.setAttribute("viewBox", "0 0 72 20");
  spark.setAttribute("preserveAspectRatio", "none");
  spark.setAttribute("role", "img");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  spark.append(path);
  const age = make("span", "age");
  const commands = make("span", "commands");
  const pause = button("Pause", () => send(pause.dataset.action), "outlined");
  const stop = button("Stop", () => confirm(true), "outlined");
  const sure = make("span", "sure", "Stop the job after this epoch?");
  const yes = button("Stop the job", () => { confirm(false); send("stop"); }, "outlined danger");
  const no = button("Keep it running", () => confirm(false), "outlined");
  const leave = button("Disconnect", () => send("disconnect"));
  commands.append(sure, yes, no, pause, stop, leave);
  line.append(dot, name, state, power, origin, spark, age, commands);
  const confirm = (open) => { isConfirming = open; draw(); (open ? no : stop).focus(); };
  commands.onkeydown = (event) => { if (event.key === "Escape" && isConfirming) confirm(false); };

  const sentence = make("p", "sentence");
  sentence.setAttribute("role", "alert");
  const note = make("p", "note");
  note.setAttribute("role", "status");
  const bar = make("section", "bar");
  bar.setAttribute("aria-label", "Live run");
  bar.append(line, opener, form, sentence, note, said);
  el.append(bar);

  // -- what is drawn
  const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const seconds = (value) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

  const long = (value) => {
    if (value < 60) return `${Math.round(value)} s`;
    if (value < 3600) return `${Math.round(value / 60)} min`;
    return value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;
  };

  const tick = () => {
    const show = model.content;
    const passed = (performance.now() - since) / 1000;
    if (show.phase === "lost") {
      const left = Math.ceil((show.retry_in_s ?? 0) - passed);
      const again = left > 0 ? `trying again in ${left} s` : "trying again …";
      put(age, `▲ no sign for ${Math.round((show.silent_s ?? 0) + passed)} s, ${again}`);
    } else if (show.phase === "lake" && show.age_s != null) {
      put(age, `last sign ${long(show.age_s + passed)} ago`);
    } else if (show.phase === "live" && show.age_s != null) {
      put(age, `last sample ${seconds(show.age_s + passed)} s ago`);
    } else {
      put(age, show.phase === "live" ? "no sample yet" : "");
    }
    const isQuiet = show.phase === "live" && (show.age_s ?? 0) + passed > MOST_QUIET_S;
    bar.classList.toggle("quiet", isQuiet || show.phase === "lost");
  };

  const pulse = () => {
    const isNew = model.content.beat !== beat;
    beat = model.content.beat;
    if (isNew && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      dot.animate([{ transform: "scale(1.7)" }, { transform: "scale(1)" }], { duration: 450, easing: "ease-out" });
    }
  };

  const draw = () => {
    const show = model.content;
    since = drawn === show ? since : performance.now();
    drawn = show;
    const phase = show.phase || "idle";
    const isRun = ["connecting", "live", "lost"].includes(phase);
    const isOver = ["ended", "failed"].includes(phase);
    if ((isRun || isOver) && phase !== shown) isOpen = false;
    if (isRun) field.value = "";
    shown = phase;
    if (!show.can_ask || show.asked === "stop") isConfirming = false;
    bar.className = `bar ${phase}${isOpen || phase !== "idle" || show.sentence ? " wide" : ""}`;
    line.hidden = phase === "idle";
    opener.hidden = isRun || isOpen || Boolean(show.refusal);
    opener.setAttribute("aria-expanded", String(isOpen));
    form.hidden = isRun || !isOpen;
    put(name, show.name || "");
    put(state, show.state || "");
    put(said, show.said || "");
    put(power, show.power || "");
    put(origin, show.power ? show.origin : "");
    const points = show.course || [];
    spark.toggleAttribute("hidden", phase !== "live" || points.length < 3 || isConfirming);
    spark.setAttribute("aria-label", show.course_text || "");
    const step = 72 / Math.max(points.length - 1, 1);
    path.setAttribute("points", points.map((share, i) => `${(i * step).toFixed(1)},${(19 - 18 * share).toFixed(1)}`).join(" "));
    const isPending = show.asked === "pause";
    pause.dataset.action = show.paused || isPending ? "resume" : "pause";
    put(pause, isPending ? "Take back" : show.paused ? "Resume" : "Pause");
    pause.disabled = show.asked === "resume" || show.asked === "stop";
    stop.disabled = show.asked === "stop";
    pause.hidden = stop.hidden = !show.can_ask || isConfirming;
    sure.hidden = yes.hidden = no.hidden = !isConfirming;
    leave.hidden = !(isRun || isOver) || isConfirming;
    put(leave, isOver ? "Close" : "Disconnect");
    put(sentence, show.sentence || "");
    sentence.hidden = !show.sentence;
    put(note, show.note || "");
    note.hidden = !show.note;
    pulse();
    tick();
  };

  draw();
  model.on("content", draw);
  const timer = setInterval(tick, 500);
  model.on("remove", () => clearInterval(timer));
}
