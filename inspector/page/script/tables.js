// Tables, laid out as the template does it; the columns of most can be sorted.

const classes = (...names) => names.filter(Boolean).join(' ') || null;

function cell(name, [text, role, value], kind, attributes = {}) {
  return el(name, { ...attributes, class: classes(kind, role), 'data-value': value }, linked(text));
}

function row(entries, columns) {
  return el('tr', {}, entries.map((entry, i) =>
    i ? cell('td', entry, columns[i][1]) : cell('th', entry, columns[0][1], { scope: 'row' })));
}

/** Return a table of the data. */
function table(data, sortable = true) {
  if (!data) return [];
  const { columns, rows } = data, last = rows.length - data.foot;
  const made = el('table', {},
    el('caption', { class: 'hidden-text' }, data.caption),
    el('thead', {}, el('tr', {}, columns.map(([name, kind]) =>
      el('th', { scope: 'col', class: kind }, sortable ? el('button', { type: 'button' }, name) : name)))),
    el('tbody', {}, rows.slice(0, last).map((each) => row(each, columns))),
    data.foot ? el('tfoot', {}, rows.slice(last).map((each) => row(each, columns))) : null);
  return [scroller(data.caption, made)];
}

/** Return what a row is sorted by in a column: a number if all of them have one. */
function sortValue(line, place) {
  const { textContent, dataset } = line.cells[place];
  return dataset.value === undefined ? textContent : +dataset.value;
}

/** Sort the rows of a table by a column, the largest first; once more, the smallest. */
function sortBy(heading) {
  const place = heading.cellIndex, body = heading.closest('table').tBodies[0];
  const down = heading.getAttribute('aria-sort') !== 'descending';
  for (const other of heading.parentNode.cells) other.removeAttribute('aria-sort');
  heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const order = down ? -1 : 1;
  const lines = [...body.rows].map((line) => [sortValue(line, place), line]);
  lines.sort(([a], [b]) => order * (a < b ? -1 : a > b ? 1 : 0));
  body.append(...lines.map(([, line]) => line));
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('main table:not(#list) th button');
  if (button) sortBy(button.parentNode);
  const line = event.target.closest('#services-table tbody tr');
  const crossing = event.target.closest('#matrix tbody td');
  if (crossing) searchFor(`${crossing.parentNode.cells[0].textContent} ${crossing.closest('table').rows[0].cells[crossing.cellIndex].textContent}`);
  if (line) searchFor(`${line.cells[0].textContent} ${line.cells[1].textContent}`);
});
