// Equations as lines of coloured tokens; a token of kind "input" is a number field in the sentence.
export function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "equations";
  el.appendChild(box);

  const piece = (token) => {
    if (token.kind === "input") {
      const field = document.createElement("input");
      field.type = "number";
      field.min = token.min; field.max = token.max; field.step = token.step;
      field.value = token.value;
      field.name = token.name;
      field.className = (token.edited ? "edited " : "") + (token.quantity || "");
      field.setAttribute("aria-label", token.label);
      field.title = token.label;
      const commit = () => {
        if (Number(field.value) === Number(token.value) && field.value !== "") return;
        model.edit = { name: token.name, value: field.value, serial: (model.edit.serial || 0) + 1 };
      };
      field.onchange = commit;
      field.onkeydown = (event) => {
        if (event.key === "Escape") { field.value = token.value; field.blur(); }
      };
      return field;
    }
    if (token.kind === "reset") {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = token.text;
      button.className = "reset";
      button.onclick = () => {
        model.edit = { name: token.name, value: "", serial: (model.edit.serial || 0) + 1 };
      };
      return button;
    }
    const span = document.createElement("span");
    span.className = [token.kind || "text", token.quantity || ""].join(" ").trim();
    if (token.kind === "symbol") {
      const letter = document.createElement("i");
      letter.textContent = token.text;
      span.append(letter);
      if (token.sub) {
        const sub = document.createElement("sub");
        sub.textContent = token.sub;
        span.append(sub);
      }
    } else {
      span.textContent = token.text;
    }
    return span;
  };

  const draw = () => {
    const active = el.getRootNode().activeElement?.name;
    box.replaceChildren(...model.lines.map((line) => {
      const row = document.createElement("div");
      row.className = "line";
      const formula = document.createElement("div");
      formula.className = "formula";
      formula.append(...line.formula.map(piece));
      const sentence = document.createElement("div");
      sentence.className = "sentence";
      sentence.append(...line.sentence.map(piece));
      row.append(formula, sentence);
      return row;
    }));
    if (active) box.querySelector(`[name="${active}"]`)?.focus();
  };
  draw();
  model.on("lines", draw);
}
