// Distributions on one logarithmic axis, and calls over time.

const PER_DECADE = 12;
const log10 = (ns) => Math.log10(Math.max(ns, 1));

/** Return the powers of ten around some durations in nanoseconds. */
function decades(shortest, longest) {
  const from = Math.floor(log10(shortest)), to = Math.ceil(log10(longest) + 1e-9);
  return to > from ? [from, to] : [from, from + 1];
}

/** Return a power of ten of nanoseconds: `100 µs`, `1 ms`. */
function powerText(power) {
  const unit = Math.min(Math.floor(power / 3), 3);
  return `${counted(10 ** (power - 3 * unit))} ${['ns', 'µs', 'ms', 's'][unit]}`;
}

function distributions() {
  const box = $('#distributions'), rows = data.distributions;
  box.parentNode.querySelector('h3').hidden = !rows.length;
  if (!rows.length) { box.replaceChildren(); return; }
  const width = Math.max(320, box.clientWidth), narrow = width < 640;
  const left = narrow ? 4 : 236, right = narrow ? 4 : 150, step = narrow ? 62 : 46;
  const places = rows.flatMap((each) => each.bars.map(([place]) => place));
  const [low, high] = decades(10 ** (Math.min(...places) / PER_DECADE), 10 ** ((Math.max(...places) + 1) / PER_DECADE));
  const x = (power) => left + ((power - low) / (high - low)) * (width - left - right);
  const height = rows.length * step + 40;
  const svg = el('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'How long the calls of each pattern took; the table above says the same' });
  for (let power = low; power <= high; power++) {
    svg.append(el('line', { class: 'grid', x1: x(power), x2: x(power), y1: 16, y2: height - 22 }),
      el('text', { class: 'small', x: x(power), y: height - 6, 'text-anchor': power === low && narrow ? 'start' : power === high ? 'end' : 'middle' }, powerText(power)));
  }
  if (!narrow) {
    svg.append(el('text', { class: 'small', x: width - 74, y: 10, 'text-anchor': 'end' }, 'p50 ms'),
      el('text', { class: 'small', x: width, y: 10, 'text-anchor': 'end' }, 'p99 ms'));
  }
  rows.forEach((each, i) => distribution(svg, each, { base: 12 + (i + 1) * step, x, narrow, width, left }));
  box.replaceChildren(svg);
}

function distribution(svg, each, { base, x, narrow, width, left }) {
  const most = Math.max(...each.bars.map(([, number]) => number)), tall = 32;
  const y = narrow ? base - 42 : base - 8, figure = { class: 'mono', y };
  svg.append(el('text', { class: 'mono', x: 0, y }, el('title', {}, each.name), cut(each.name, narrow ? Math.floor(width / 11) : 30)),
    el('text', { ...figure, x: width - 74, 'text-anchor': 'end' }, milliseconds(each.p50)),
    el('text', { ...figure, x: width, 'text-anchor': 'end' }, milliseconds(each.p99)),
    el('line', { class: 'axis', x1: left, x2: x(Infinity) > width ? width : width - (narrow ? 4 : 150), y1: base, y2: base }));
  for (const [place, number] of each.bars) {
    const from = x(place / PER_DECADE), to = x((place + 1) / PER_DECADE), high = Math.max(1.5, (number / most) * tall);
    svg.append(el('rect', { class: 'bar server', x: from + 0.5, width: Math.max(1, to - from - 1), y: base - high, height: high },
      el('title', {}, `${plural(number, 'call')} of ${duration(10 ** (place / PER_DECADE))} to ${duration(10 ** ((place + 1) / PER_DECADE))}`)));
  }
  if (each.p50) svg.append(el('line', { class: 'median', x1: x(log10(each.p50)), x2: x(log10(each.p50)), y1: base - tall - 3, y2: base + 4 }));
}

/** Return a step of round seconds that gives some marks. */
function stepOf(span, marks) {
  const fit = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 2e9, 5e9, 1e10, 3e10, 6e10, 3e11, 6e11, 3.6e12, 1.44e13, 8.64e13];
  return fit.find((each) => span / each <= marks) ?? 8.64e13 * Math.ceil(span / 8.64e13 / marks);
}

function overTime() {
  const box = $('#time'), { span, all, failed } = data.time;
  if (!data.seen) { box.replaceChildren(); return; }
  const width = Math.max(320, box.clientWidth), left = 58, right = 8, whole = Math.max(span, 1);
  const timed = data.exchanges.filter((each) => each.latency != null && each.latency >= 0);
  const [low, high] = timed.length ? decades(Math.min(...timed.map((e) => e.latency || 1)), Math.max(...timed.map((e) => e.latency))) : [6, 7];
  const area = timed.length ? Math.min(240, 60 + (high - low) * 30) : 0, height = area + 78;
  const x = (time) => left + (Math.min(Math.max(time, 0), whole) / whole) * (width - left - right);
  const y = (ns) => 8 + area - ((log10(ns) - low) / (high - low)) * area;
  const svg = el('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'Each call by its time and how long it took; below, how many there were' });
  for (let power = low; area && power <= high; power++) {
    svg.append(el('line', { class: 'grid', x1: left, x2: width - right, y1: y(10 ** power), y2: y(10 ** power) }),
      el('text', { class: 'small', x: left - 8, y: y(10 ** power) + 4, 'text-anchor': 'end' }, powerText(power)));
  }
  columns(svg, all, failed, { left, right, width, base: height - 20 });
  const step = stepOf(whole, width < 640 ? 4 : 8);
  for (let time = 0; time <= whole; time += step) {
    svg.append(el('text', { class: 'small', x: x(time), y: height - 4, 'text-anchor': time ? 'middle' : 'start' }, time ? duration(time).replace(/\.0+ /, ' ') : '0 s'));
  }
  const weight = (each) => (each.failed || each.slow ? 1 : 0);
  for (const each of [...timed].sort((a, b) => weight(a) - weight(b))) svg.append(dot(each, x, y));
  box.replaceChildren(svg);
}

function dot(each, x, y) {
  const role = each.failed ? 'error' : each.slow ? 'warning' : '';
  return el('circle', { class: classes('dot', role), cx: x(each.time).toFixed(1), cy: y(each.latency).toFixed(1), r: role ? 3.6 : 2.4, 'data-n': each.n },
    el('title', {}, `#${each.n} ${nameOf(each)} ${duration(each.latency)}`));
}

function columns(svg, all, failed, { left, right, width, base }) {
  const wide = (width - left - right) / all.length, most = Math.max(...all, 1), unit = 34 / most;
  all.forEach((number, i) => {
    if (!number) return;
    const place = { x: left + i * wide + 0.5, width: Math.max(1, wide - 1) };
    const bad = Math.max(failed[i] * unit, failed[i] ? 1.5 : 0), high = Math.max(number * unit, 1);
    svg.append(el('rect', { class: 'bar client', ...place, y: base - high, height: Math.max(high - bad, 0) },
      el('title', {}, `${counted(number)} in this time${failed[i] ? `, ${counted(failed[i])} failed` : ''}`)));
    if (bad) svg.append(el('rect', { class: 'bar error', ...place, y: base - bad, height: bad }));
  });
  svg.append(el('line', { class: 'axis', x1: left, x2: width - right, y1: base + 0.5, y2: base + 0.5 }),
    el('text', { class: 'small', x: left - 8, y: base - 26, 'text-anchor': 'end' }, counted(most)),
    el('text', { class: 'small', x: left - 8, y: base, 'text-anchor': 'end' }, '0'));
}

/** Draw all that depends on how wide the page is. */
function figures() {
  map();
  distributions();
  overTime();
}
