// Groups of buttons of which one is pressed, switches, and a stepper for the epochs to extrapolate by.
export function render({ model, el }) {
  const bar = document.createElement("div");
  bar.className = "controls";
  el.appendChild(bar);
  const send = (name, value) => {
    model.send_msg({ name, value });
  };

  const group = (spec) => {
    const box = document.createElement("div");
    box.className = "group";
    box.setAttribute("role", "radiogroup");
    box.setAttribute("aria-label", spec.label);
    const chosen = spec.options.findIndex((option) => option.value === spec.value);
    spec.options.forEach((option, place) => {
      const item = document.createElement("button");
      item.type = "button";
      item.textContent = option.text;
      item.setAttribute("role", "radio");
      item.setAttribute("aria-checked", String(place === chosen));
      item.tabIndex = place === Math.max(chosen, 0) ? 0 : -1;
      item.dataset.key = `${spec.name}:${place}`;
      item.disabled = Boolean(option.disabled);
      if (option.title) item.title = option.title;
      item.onclick = () => send(spec.name, option.value);
      item.onkeydown = (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = box.children[(place + step + spec.options.length) % spec.options.length];
        next.focus();
        next.click();
      };
      box.append(item);
    });
    return box;
  };

  const stepper = (spec) => {
    const box = document.createElement("label");
    box.className = "stepper";
    const text = document.createElement("span");
    text.textContent = spec.label;
    const less = document.createElement("button");
    const more = document.createElement("button");
    const field = document.createElement("input");
    field.type = "number";
    field.name = spec.name;
    field.min = spec.min; field.max = spec.max; field.step = 1;
    field.defaultValue = spec.value; // what differs from it has been typed and not sent
    field.setAttribute("aria-label", spec.title);
    box.title = spec.title;
    const commit = (value) => {
      const bounded = Math.min(Math.max(Math.round(Number(value)) || 0, spec.min), spec.max);
      field.value = field.defaultValue = bounded;
      if (bounded !== spec.value) send(spec.name, bounded);
    };
    field.onchange = () => commit(field.value);
    // A text that outlived a redraw is no change to the browser: it is sent all the same.
    field.onblur = () => { if (field.value !== field.defaultValue) commit(field.value); };
    field.onkeydown = (event) => {
      if (event.key === "Enter") commit(field.value);
      if (event.key === "Escape") { field.value = field.defaultValue; field.blur(); }
    };
    for (const [button, sign, name] of [[less, -1, "fewer"], [more, 1, "more"]]) {
      button.type = "button";
      button.textContent = sign < 0 ? "−" : "+";
      button.setAttribute("aria-label", `${spec.title}: ${name}`);
      button.dataset.key = `${spec.name}:${name}`;
      button.onclick = (event) => {
        event.preventDefault();
        commit(Number(field.value) + sign * spec.step);
      };
    }
    const unit = document.createElement("span");
    unit.className = "unit";
    unit.textContent = spec.unit;
    box.append(text, less, field, more, unit);
    return box;
  };

  const draw = () => {
    const active = el.getRootNode().activeElement;
    const key = active?.dataset?.key, name = bar.contains(active) ? active.name : "";
    const typed = name && active.value !== active.defaultValue ? active.value : null;
    // A browser reports a change when a field that is being typed in is taken away.
    if (name) active.onchange = active.onblur = null;
    bar.replaceChildren(...model.groups.map(group), ...model.steppers.map(stepper));
    if (name) {
      const field = bar.querySelector(`input[name="${name}"]`);
      field?.focus({ preventScroll: true });
      if (field && typed !== null) field.value = typed;
    } else if (key) {
      const at = bar.querySelector(`[data-key="${key}"]`);
      (at?.getAttribute("role") === "radio" ? at.parentElement.querySelector('[tabindex="0"]') : at)?.focus();
    }
  };
  draw();
  model.on("groups", draw);
  model.on("steppers", draw);
}
