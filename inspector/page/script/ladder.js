// The ladder of an exchange: what passed between whom, with what went on around it.

const NEAR = 2;

/** Return the arrows of an exchange: time, from, to, words, exchange, whether a reply. */
function arrowsOf(each) {
  const more = data.details[each.n];
  if (more?.arrows) {
    return more.arrows.map(([time, from, to, words]) => {
      const reply = words.startsWith('reply');
      return { time, from, to, words: `${reply ? each.failed ? 'error' : words.split(' ').slice(0, /^reply [0-9]/.test(words) ? 2 : 1).join(' ') : nameOf(each)} #${each.n}`, said: words, each, reply };
    });
  }
  const [client, server] = endsOf(each), found = [];
  if (each.kind !== 'orphan') found.push({ time: each.time, from: client, to: server, words: `${nameOf(each)} #${each.n}`, each, reply: false });
  if (each.latency != null) found.push({ time: each.time + each.latency, from: server, to: client, words: `${each.failed ? 'error' : 'reply'} #${each.n}`, each, reply: true });
  if (each.kind === 'orphan') found.push({ time: each.time, from: server, to: client, words: `reply #${each.n}`, each, reply: true });
  return found;
}

/** Return what is drawn with an exchange: its parent and what it caused, or its neighbours. */
function around(each) {
  const family = [byNumber.get(each.parent), ...(children.get(each.n) ?? []).slice(0, 8)].filter(Boolean);
  if (family.length) return [each, ...family];
  if (data.details[each.n]?.arrows) return [each];
  const same = byConnection.get(each.connection), i = same.indexOf(each);
  return same.slice(Math.max(0, i - NEAR), i + NEAR + 1);
}

function ladder(each) {
  const arrows = around(each).flatMap(arrowsOf).sort((a, b) => a.time - b.time);
  if (!arrows.length) return null;
  const lanes = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))];
  const many = lanes.length > 2, left = 92, right = many ? 60 : 8, high = 24;
  const width = Math.max(Math.min(510, innerWidth - 48), left + right + (lanes.length - 1) * 132);
  const x = (lane) => left + (lanes.length === 1 ? 0 : (lanes.indexOf(lane) / (lanes.length - 1)) * (width - left - right));
  const height = arrows.length * high + 36;
  const svg = el('svg', { viewBox: `0 0 ${width} ${height}`, width, height, class: 'ladder', role: 'img', 'aria-label': `Ladder: ${arrows.map(({ from, to, words }) => `${words} from ${from} to ${to}`).join('; ')}` });
  lanes.forEach((lane, i) => {
    const most = Math.floor((width - left - right) / Math.max(lanes.length - 1, 1) / 7.6) - 1;
    svg.append(el('line', { class: 'axis', x1: x(lane), x2: x(lane), y1: 20, y2: height }),
      el('text', { class: 'mono', x: x(lane), y: 12, 'text-anchor': many ? 'middle' : i ? 'end' : 'start' },
        el('title', {}, lane), lane.length > most && lane.includes(' ') ? lane.split(' ')[0] : cut(lane, Math.max(8, most))));
  });
  arrows.forEach((arrow, i) => svg.append(arrowLine(arrow, 42 + i * high, x, arrow.each === each)));
  return svg;
}

function arrowLine({ time, from, to, words, said, reply }, y, x, own) {
  const a = x(from), b = x(to), way = b >= a ? 1 : -1, role = reply ? 'server' : 'client';
  const room = Math.max(0, Math.floor((Math.abs(b - a) - 16) / 7.3)), label = cut(words, Math.max(room, 4));
  return el('g', { class: classes('arrow', role, own && 'own') },
    el('title', {}, `${seconds(time)} s  ${words}${said ? ` (${said})` : ''}`),
    el('text', { class: 'small', x: 80, y: y + 4, 'text-anchor': 'end' }, seconds(time)),
    el('line', { x1: a, x2: b - way * 7, y1: y, y2: y }),
    el('path', { d: `M${b - way} ${y}l${-way * 8} -4v8z` }),
    el('text', { class: 'mono label', x: a + way * 8, y: y - 5, 'text-anchor': way > 0 ? 'start' : 'end' }, label));
}
