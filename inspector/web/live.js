// Keep the page up to date: the state of a run that goes on, and what changed since.
(() => {
const root = document.documentElement, drawer = document.getElementById('drawer');
const address = root.dataset.updates + location.search;
const TABLES = ['#services-table', '#patterns-table', '#requests-table'];
let state = null, events = null, paused = false, follows = false, pressing = false, newer = 0, ended = false, began = 0;

const bar = document.createElement('aside');
bar.id = 'live';
bar.setAttribute('aria-label', 'Live');
const said = document.createElement('span'), clock = document.createElement('span');
said.setAttribute('role', 'status');
const pause = button('Pause', 'Hold what is shown; the run goes on', togglePause);
const follow = button('Follow', 'Show the newest exchange first', toggleFollow);
bar.append(pause, follow, said, clock);  // what grows stands last, so that buttons stay
document.querySelector('nav').before(bar);

function button(name, title, action) {
  const made = document.createElement('button');
  Object.assign(made, { type: 'button', className: 'chip', textContent: name, title });
  made.setAttribute('aria-pressed', 'false');
  made.addEventListener('click', action);
  return made;
}

const plural = (number, noun) => `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
const press = (button, down) => button.setAttribute('aria-pressed', String(down));
const say = (words, role = '') => { if (said.textContent !== words) said.textContent = words; bar.dataset.role = role; };

/** Apply a change to the state; inspector/web/increments.py says what one is. */
function apply({ set, rows, members }) {
  state = { ...state, ...set };
  for (const [name, { key, put, order }] of Object.entries(rows ?? {})) {
    const known = new Map([...state[name], ...put].map((each) => [each[key], each]));
    state[name] = order.map((each) => known.get(each));
  }
  for (const [name, { put, drop }] of Object.entries(members ?? {})) {
    const left = { ...state[name], ...put };
    for (const each of drop) delete left[each];
    state[name] = left;
  }
}

/** Show the state, unless a person holds it, presses something or reads an exchange. */
function show() {
  tell();
  if (!state || paused || pressing || drawer.open) return;
  newer = 0;
  const kept = TABLES.map(sorting);
  protocolInspect.render(state);
  kept.forEach((restore) => restore());
  if (follows) newestFirst();
  tell();
}

/** Return what sorts a table again as it is, and puts the focus back. */
function sorting(place) {
  const heads = () => [...document.querySelectorAll(`${place} thead th`)];
  const before = heads();
  const at = before.findIndex((each) => each.hasAttribute('aria-sort'));
  const down = at >= 0 && before[at].getAttribute('aria-sort') === 'descending';
  const focused = before.findIndex((each) => each.contains(document.activeElement));
  return () => {
    const now = heads();
    if (at >= 0) for (let i = down ? 1 : 2; i; i -= 1) now[at]?.firstElementChild?.click();
    if (focused >= 0) now[focused]?.firstElementChild?.focus();
  };
}

function newestFirst() {
  const head = document.querySelector('#list thead button[data-by=n]');
  for (let i = 0; i < 2 && head.parentNode.getAttribute('aria-sort') !== 'descending'; i += 1) head.click();
}

function tell() {
  if (!state) return;
  const { waiting, dropped, notice } = state.live, parts = [];
  if (waiting) parts.push(`${plural(waiting, 'call')} waiting`);
  if (dropped) parts.push(`${plural(dropped, 'packet')} lost`);
  if (notice) parts.push(notice);
  if (newer && (paused || drawer.open)) parts.push(`${plural(newer, 'update')} held`);
  if (ended) say(['The run has ended', ...parts].join(' · '), 'ended');
  else say([paused ? 'Paused' : 'Live', ...parts].join(' · '), dropped ? 'lossy' : paused ? 'held' : 'live');
}

function tick() {
  if (!began || ended) return;
  const seconds = Math.max(0, Math.round((Date.now() - began) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  clock.textContent = [...(hours ? [`${hours} h`] : []), ...(minutes || hours ? [`${minutes} min`] : []), `${seconds % 60} s`].join(' ');
}

function connect() {
  if (events || ended) return;
  events = new EventSource(address);
  events.addEventListener('state', ({ data }) => { state = JSON.parse(data); received(); });
  events.addEventListener('change', ({ data }) => { if (state) { apply(JSON.parse(data)); received(); } });
  events.addEventListener('end', () => { finish(); });
  events.addEventListener('error', () => {
    // A refused stream is closed for good: look again in a while.
    say(state ? 'The connection was lost; trying again' : 'Nothing is answered; trying again', 'held');
    if (events?.readyState === EventSource.CLOSED) { disconnect(); setTimeout(connect, 5000); }
  });
}

function disconnect() {
  events?.close();
  events = null;
}

function received() {
  newer += 1;
  began = state.live.began_ms;
  ended = state.live.ended;
  show();
}

function finish() {
  ended = true;
  disconnect();
  show();
}

function togglePause() {
  paused = !paused;
  press(pause, paused);
  show();
}

function toggleFollow() {
  follows = !follows;
  press(follow, follows);
  if (follows) { newestFirst(); document.getElementById('exchanges').scrollIntoView(); }
}

// What is pressed stays where it is until it is released, or the click would be lost.
function release() {
  if (!pressing) return;
  pressing = false;
  if (newer) show();
}
const later = () => setTimeout(release);  // once the click has been dealt with
addEventListener('pointerdown', () => { pressing = true; }, true);
for (const name of ['pointerup', 'pointercancel', 'dragend']) addEventListener(name, later, true);
addEventListener('blur', later);  // of the window alone, in which case nothing says more
addEventListener('pointermove', ({ buttons }) => { if (!buttons) release(); }, { capture: true, passive: true });

// What nobody sees needs no connection; browsers allow few to one place.
document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
drawer.addEventListener('close', show);
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
  if (key === 'p') togglePause();
  else if (key === 'f') toggleFollow();
});
setInterval(tick, 1000);
say('Waiting for the run');
connect();
})();
