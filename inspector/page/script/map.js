// The map of services: who calls whom, from left to right.

/** Return the name of what listens at an address, so that who is asked and asks is one. */
function hostOf(name) {
  const [, host] = /^(.*):[0-9]+$/.exec(name) ?? [];
  return host ?? name;
}

/** Return the nodes of the map by name, each with its column and its row. */
function nodesOf(edges) {
  const clients = new Set(edges.map((edge) => edge.client));
  const name = (server) => (clients.has(hostOf(server)) ? hostOf(server) : server);
  const nodes = new Map();
  const node = (key) => nodes.get(key) ?? nodes.set(key, { key, label: key, column: 0, asks: false, asked: false }).get(key);
  for (const edge of edges) {
    edge.from = node(edge.client);
    edge.to = node(name(edge.server));
    edge.from.asks = edge.to.asked = true;
    edge.to.label = edge.server;
  }
  // Each is right of whoever asks it; in a circle, as far as there are nodes.
  for (let round = 0; round < nodes.size; round++) {
    let moved = false;
    for (const { from, to } of edges) {
      if (from !== to && to.column <= from.column && from.column + 1 < nodes.size) { to.column = from.column + 1; moved = true; }
    }
    if (!moved || round > 8) break;
  }
  const rows = new Map();
  for (const each of nodes.values()) {
    each.row = rows.get(each.column) ?? 0;
    rows.set(each.column, each.row + 1);
  }
  return { nodes: [...nodes.values()], rows };
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1 - (most >> 2))}…${text.slice(-(most >> 2))}` : text);

function edgeOf(edge, place) {
  const { from, to } = edge, role = edge.trouble ? 'error' : edge.slow ? 'warning' : '';
  const [x1, y1] = place(from), [x2, y2] = place(to), bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const words = [plural(edge.calls, 'call')];
  if (edge.trouble) words.push(`${counted(edge.trouble)} failed`);
  if (edge.events) words.push(plural(edge.events, 'event'));
  if (edge.max) words.push(`longest ${duration(edge.max)}`);
  return el('g', { class: 'edge-group', onclick: () => searchFor(`${edge.client} ${edge.server}`) },
    el('title', {}, `${edge.client} → ${edge.server}: ${words.join(', ')}; ${edge.routes.join(', ')}`),
    el('path', { class: 'edge-hit', d: path }), el('path', { class: classes('edge', role), d: path }));
}

function map() {
  const edges = data.map.map((edge) => ({ ...edge }));
  const box = $('#map');
  if (edges.length < 2) { box.replaceChildren(); return; }
  const { nodes, rows } = nodesOf(edges);
  const width = Math.max(320, box.clientWidth), last = Math.max(...nodes.map((each) => each.column), 1);
  const tall = Math.max(...rows.values()), height = Math.max(60, tall * 30 + 12);
  const room = Math.min(230, width / 3), step = (width - 2 * room) / last;
  const place = ({ column, row: line }) => [room + column * step, 12 + (line + 0.5) * ((height - 12) / rows.get(column))];
  const svg = el('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'Map of services; the table below says the same' });
  svg.append(...edges.map((edge) => edgeOf(edge, place)).reverse());
  for (const node of nodes) {
    const [x, y] = place(node), first = node.column === 0, end = node.column === last;
    const inside = !first && !end;
    svg.append(el('circle', { class: node.asked ? 'server' : 'client', cx: x, cy: y, r: 4 }),
      el('text', { class: 'mono', x: first ? x - 10 : inside ? x : x + 10, y: inside ? y - 9 : y + 4, 'text-anchor': first ? 'end' : inside ? 'middle' : 'start' },
        el('title', {}, node.label), cut(node.label, Math.floor((room - 12) / 7.4))));
  }
  box.replaceChildren(svg);
}
