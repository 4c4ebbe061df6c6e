// One bar by its name: a button brushes its group, or takes that brush away; another shows its runs.
export function render({ model, el }) {
  const box = document.createElement('div');
  box.className = 'group';
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'One bar');
  const list = document.createElement('select');
  list.setAttribute('aria-label', 'Bar');
  const button = (text, title, action) => {
    const made = document.createElement('button');
    Object.assign(made, { type: 'button', textContent: text, title });
    made.addEventListener('click', () => model.send_msg({ action, key: list.value }));
    return made;
  };
  const brush = button('Select', 'Select the runs of this bar, or no longer', 'brush');
  const look = button('See runs', 'List the selected runs of this bar', 'look');
  box.append(list, brush, look);
  el.append(box);

  const press = () => brush.setAttribute('aria-pressed', String(model.brushed.includes(list.value)));
  const fill = () => {
    const was = list.value;
    list.replaceChildren(...model.groups.map(([key, text]) => new Option(text, key)));
    if (model.groups.some(([key]) => key === was)) list.value = was;
    press();
  };
  list.addEventListener('change', press);
  fill();
  model.on('groups', fill);
  model.on('brushed', press);
}
