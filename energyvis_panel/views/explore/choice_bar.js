// A row of choices: a list, or a switch made of radio buttons.
let bars = 0;

function list([name, label, , options], choose) {
  const box = document.createElement('label');
  const select = document.createElement('select');
  for (const [value, text] of options) select.add(new Option(text, value));
  select.addEventListener('change', () => choose(name, select.value));
  select.setAttribute('aria-label', label);
  box.append(label, select);
  return [box, (value) => { select.value = value; }];
}

function switched([name, label, , options], choose, bar) {
  const box = document.createElement('fieldset');
  const legend = document.createElement('legend');
  legend.textContent = label;
  box.append(legend);
  const buttons = options.map(([value, text]) => {
    const button = document.createElement('input');
    Object.assign(button, { type: 'radio', name: `choice-${bar}-${name}`, value });
    button.addEventListener('change', () => choose(name, value));
    const shown = document.createElement('label');
    const words = document.createElement('span');
    words.textContent = text;
    shown.append(button, words);
    box.append(shown);
    return button;
  });
  return [box, (value) => buttons.forEach((button) => { button.checked = button.value === value; })];
}

export function render({ model, el }) {
  bars += 1;
  const choose = (name, value) => { model.chosen = { ...model.chosen, [name]: value }; };
  const row = document.createElement('div');
  row.className = 'choices';
  const show = {};
  for (const choice of model.choices) {
    const [box, showValue] = (choice[2] ? list : switched)(choice, choose, bars);
    show[choice[0]] = showValue;
    row.append(box);
  }
  const follow = () => {
    for (const [name, value] of Object.entries(model.chosen)) show[name]?.(value);
  };
  follow();
  model.on('chosen', follow);
  el.append(row);
}
