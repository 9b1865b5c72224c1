// The head of the page and the findings.

function heading() {
  const { capture, answers, figures } = data;
  document.title = data.title;
  $('#file').replaceChildren(
    el('strong', {}, capture.name), el('span', {}, capture.size),
    ...(capture.moment ? [el('time', { datetime: capture.begin }, capture.moment)] : []),
    ...capture.notes.map((note) => el('span', {}, note)));
  $('#problems').replaceChildren(...capture.problems.map((each) => el('p', { class: 'callout error' }, each)));
  $('#answers').replaceChildren(...answers.map(([mark, role, sentence], i) =>
    el(i ? 'p' : 'h1', { class: 'answer' },
      el('span', { class: `sign ${role}`, 'aria-hidden': 'true' }, mark), linked(sentence))));
  $('#figures').replaceChildren(...figures.map(([name, figure, unit, role, number]) => el('div', {},
    el('dt', {}, name, number ? [' ', linked(`#${number}`)] : null),
    el('dd', { class: role }, figure, unit ? el('small', {}, unit) : null))));
  $('#command').textContent = data.command;
  $('#hidden-note').textContent = data.hidden;
}

function finding(each) {
  return el('li', {}, el('span', { class: `severity ${each.severity}` }, each.severity),
    el('div', {}, el('h3', {}, linked(each.headline)), el('p', {}, linked(each.cause)),
      el('p', { class: 'fix' }, el('b', {}, 'fix'), ' ', linked(each.fix)),
      each.see ? el('p', { class: 'see' }, el('b', {}, 'see'), ' ', el('code', {}, each.see)) : null),
    el('span', { class: 'code' }, each.code));
}

function findings() {
  const { shown, left_out: rest } = data.findings;
  $('#finding-list').replaceChildren(...shown.map(finding));
  $('#finding-rest').textContent = rest
    ? `and ${counted(rest)} more; --json has them all` : shown.length ? '' : 'Nothing was found.';
}

/** Show the sections that have something, and how much they have. */
function sections() {
  const has = { services: data.services, patterns: data.patterns, chains: data.chains, 'over-time': data.seen };
  for (const [id, what] of Object.entries(has)) {
    $(`#${id}`).hidden = !what;
    $(`[data-of=${id}]`).hidden = !what;
  }
  const counts = { findings: data.findings.shown.length + data.findings.left_out, seen: data.seen, packets: data.packets_seen };
  for (const [name, number] of Object.entries(counts)) $(`[data-count=${name}]`).textContent = counted(number);
  $('#services-table').replaceChildren(...table(data.services));
  $('#matrix').replaceChildren(...table(data.matrix));
  $('#pairs').open ||= !data.matrix;
  $('#patterns-table').replaceChildren(...table(data.patterns));
  $('#requests-table').replaceChildren(...table(data.requests));
  $('#chains-table').replaceChildren(...(data.chains ? table(data.chains.table, false) : []));
  $('#chains-said').replaceChildren(...(data.chains ? data.chains.sentences : []).map((each) => el('p', { class: 'lead' }, each)));
  $('#wire-table').replaceChildren(...table(data.wire, false));
}
