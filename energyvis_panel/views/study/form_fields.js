// Fields of a form in plain DOM, shared by the components that read this file before their own.
let fieldCount = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A control with its label above, a hint and a place for what is wrong with it below.
function labelled(label, control, hint = "") {
  const id = `ev-field-${(fieldCount += 1)}`;
  const box = element("div", "field");
  const name = element("label", "label", label);
  control.id = id;
  name.htmlFor = id;
  const help = element("div", "hint", hint);
  help.id = `${id}-hint`;
  const wrong = element("div", "wrong");
  wrong.id = `${id}-wrong`;
  wrong.setAttribute("aria-live", "polite");
  control.setAttribute("aria-describedby", `${help.id} ${wrong.id}`);
  box.append(name, control, help, wrong);
  return box;
}

function refuse(box, control, sentence) {
  box.querySelector(".wrong").textContent = sentence || "";
  control.setAttribute("aria-invalid", String(Boolean(sentence)));
}

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) => {
    const option = element("option", "", text);
    option.value = value;
    return option;
  }));
}

// Tell of typing once it pauses, and at once on Enter and when the field is left.
function onTyped(input, pause, tell) {
  let timer = 0;
  let told = input.value;
  const now = () => {
    clearTimeout(timer);
    if (input.value !== told) tell((told = input.value));
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, pause);
  });
  input.addEventListener("change", now);
  return {
    now,
    clear() {
      clearTimeout(timer);
      input.value = told = "";
    },
    show(text) {
      // What is being typed is never overwritten.
      if (input.getRootNode().activeElement === input) return;
      input.value = told = text;
    },
  };
}
