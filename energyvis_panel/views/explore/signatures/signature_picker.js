// A chip for each configuration: its name opens its runs, its cross takes it away. A list adds one more.
export function render({ model, el }) {
  const made = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const button = (text, label, id, act) => {
    const node = made('button', '', text);
    node.type = 'button';
    node.dataset.id = id;
    if (label) node.setAttribute('aria-label', label);
    node.onclick = act;
    return node;
  };
  const row = made('div', 'row');
  const chips = made('div', 'chips');
  chips.setAttribute('role', 'group');
  chips.setAttribute('aria-label', 'Configurations that are shown');
  const add = made('select');
  add.setAttribute('aria-label', 'Add a configuration');
  add.onchange = () => { if (add.value) model.send_msg({ action: 'add', name: add.value }); };
  const reset = button('Most runs', 'Show the configurations with the most runs', 'reset', () => {
    model.send_msg({ action: 'reset' });
  });
  row.append(chips, add, reset);
  el.append(row);

  const dashed = (dash) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 22 6');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    const ends = { x1: 0, x2: 22, y1: 3, y2: 3, 'stroke-dasharray': dash.join(' ') };
    for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };
  const chip = ({ name, letter, colour, dash, runs }, only) => {
    const node = made('span', 'chip');
    node.style.setProperty('--place', colour);
    const open = button('', `Runs of ${letter}: ${name}, ${runs}`, `open ${name}`, () => {
      model.send_msg({ action: 'open', name });
    });
    open.append(made('b', '', letter), dashed(dash), made('span', 'name', name), made('i', '', runs));
    const remove = button('\u00d7', `Take away ${letter}: ${name}`, `remove ${name}`, () => {
      model.send_msg({ action: 'remove', name });
    });
    remove.className = 'remove';
    remove.disabled = only;
    node.append(open, remove);
    return node;
  };
  const draw = () => {
    const focused = el.getRootNode().activeElement?.dataset?.id;
    chips.replaceChildren(...model.shown.map((one) => chip(one, model.shown.length < 2)));
    add.replaceChildren(
      new Option(model.is_full ? 'Four are shown' : 'Add\u2026', ''),
      ...model.others.map(([name, text]) => new Option(text, name)),
    );
    add.disabled = model.is_full || !model.others.length;
    reset.disabled = !model.is_picked;
    if (!focused || focused === 'reset') return;
    const same = row.querySelector(`[data-id="${CSS.escape(focused)}"]`);
    // Of a chip that went, the focus goes on to the next thing that can be done.
    (same || chips.querySelector('button') || add).focus();
  };
  draw();
  model.on(['shown', 'others', 'is_full', 'is_picked'], draw);
}
