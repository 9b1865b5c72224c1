// Lay the page out from its data; again whenever newer data come.

/** Show some data: an object as inspector/page/data.py makes it. What is open stays open. */
function render(newer) {
  data = newer;
  byNumber = new Map(data.exchanges.map((each) => [each.n, each]));
  byConnection = new Map();
  children = new Map();
  const collect = (groups, key, each) => { const known = groups.get(key); if (known) known.push(each); else groups.set(key, [each]); };
  for (const each of [...data.exchanges].sort((a, b) => a.n - b.n)) {
    collect(byConnection, each.connection, each);
    if (each.parent !== undefined) collect(children, each.parent, each);
  }
  const place = at >= 0 ? shown[at]?.n : undefined, length = limit;
  heading();
  findings();
  sections();
  figures();
  connections();
  search();
  limit = Math.max(length, limit);
  at = place === undefined ? -1 : shown.findIndex((each) => each.n === place);
  list();
  if (drawer.open && byNumber.has(current)) open(current, false);
}

window.protocolInspect = { render };
render(JSON.parse($('#data').textContent));
drawnWidth = innerWidth;
if (+location.hash.slice(1)) open(+location.hash.slice(1));
