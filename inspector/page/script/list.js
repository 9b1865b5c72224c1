// The list of exchanges: filtered, sorted, opened.

const FIRST = 25, MORE = 200;
const filter = $('#filter'), lines = $('#list').tBodies[0];
let shown = [], limit = FIRST, at = -1, order = null;

const keys = {
  n: (each) => each.n, time: (each) => each.time, name: (each) => nameOf(each),
  latency: (each) => each.latency ?? -1, packets: (each) => each.packets,
};

function search() {
  const failed = pressed('#only-failed'), slow = pressed('#only-slow');
  shown = matching(filter.value).filter((each) =>
    (!failed && !slow) || (failed && each.failed) || (slow && each.slow));
  if (order) {
    const key = keys[order.by], sign = order.down ? -1 : 1;
    shown.sort((a, b) => { const [x, y] = [key(a), key(b)]; return sign * (x < y ? -1 : x > y ? 1 : 0); });
  }
  at = -1;
  limit = FIRST;
  list();
}

const pressed = (button) => $(button).getAttribute('aria-pressed') === 'true';

function searchFor(words) {
  filter.value = words;
  search();
  $('#exchanges').scrollIntoView();
  filter.focus({ preventScroll: true });
}

function lineOf(each, place, time) {
  const latency = each.slow ? 'figure ms warning' : 'figure ms';
  return el('tr', { 'data-place': place, 'aria-current': place === at ? 'true' : null },
    el('th', { scope: 'row' }, el('a', { class: 'n', href: `#${each.n}` }, `#${each.n}`)),
    el('td', { class: 'figure extra' }, seconds(each.time)), el('td', { class: 'route' }, nameOf(each)),
    el('td', { class: 'value extra' }, each.data), el('td', { class: classes('value', each.style) }, each.reply),
    el('td', { class: latency }, time), el('td', { class: 'figure extra' }, counted(each.packets)));
}

function list() {
  const first = shown.slice(0, limit), times = aligned(first.map((each) => milliseconds(each.latency)));
  lines.replaceChildren(...first.map((each, i) => lineOf(each, i, times[i])));
  const all = data.exchanges.length;
  $('#count').textContent = shown.length === all ? plural(all, 'exchange') : `${counted(shown.length)} of ${counted(all)}`;
  const more = $('#more'), rest = shown.length - limit;
  more.hidden = rest <= 0;
  more.textContent = `Show ${counted(Math.min(MORE, rest))} more of ${counted(rest)}`;
  $('#none').hidden = shown.length > 0;
  $('#none').textContent = !all ? 'No exchange was seen.'
    : filter.value.trim() ? 'No exchange matches. Fewer words match more.' : 'No exchange is like this.';
  const left = data.seen - all;
  $('#left-out').textContent = left > 0
    ? `${counted(left)} of ${counted(data.seen)} exchanges are not on this page: the worst are, then the newest.` : '';
}

function mark() {
  for (const line of lines.rows) {
    if (+line.dataset.place === at) line.setAttribute('aria-current', 'true');
    else line.removeAttribute('aria-current');
  }
}

/** Go down or up in the list. */
function move(by) {
  if (!shown.length) return;
  at = Math.max(0, Math.min(shown.length - 1, at + by));
  if (at >= limit) { limit += MORE; list(); }
  mark();
  lines.rows[at].scrollIntoView({ block: 'nearest' });
}

filter.addEventListener('input', search);
$('#more').addEventListener('click', () => { limit += MORE; list(); });
for (const chip of $$('.chip')) {
  chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(!pressed(`#${chip.id}`)));
    search();
  });
}
lines.addEventListener('click', (event) => {
  const line = event.target.closest('tr');
  if (!line || line.dataset.place === undefined) return;
  event.preventDefault();
  at = +line.dataset.place;
  mark();
  open(shown[at].n);
});
for (const button of $$('#list thead button')) {
  button.addEventListener('click', () => {
    const { by } = button.dataset, heading = button.parentNode;
    order = { by, down: order?.by === by ? !order.down : by !== 'name' };
    for (const other of $$('#list thead th')) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
    search();
  });
}
