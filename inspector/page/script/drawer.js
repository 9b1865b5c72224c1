// The drawer: one exchange with all that is known of it.

const drawer = $('#drawer');
let back = null, current = null;

function copyButton(text) {
  const label = 'Copy';
  return el('button', { type: 'button', class: 'copy', onclick: async ({ target }) => {
    try {
      await navigator.clipboard.writeText(text);
      target.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(target.closest('section').querySelector('pre'));
      target.textContent = 'Selected: press Ctrl C';
    }
    setTimeout(() => { target.textContent = label; }, 1600);
  } }, label);
}

/** Return a part of the drawer: its heading, what is said beside that, what it has. */
function part(name, said, ...children) {
  return el('section', {}, el('h3', {}, name, said ? el('span', {}, said) : null), children);
}

const packetWords = (numbers) => (numbers.length ? `packet ${numbers.slice(0, 6).join(' ')}${numbers.length > 6 ? ' …' : ''}` : '');
const joined = (...words) => words.filter(Boolean).join(' · ');

function requestParts(each, more) {
  if (each.kind === 'orphan') return [];
  const name = each.kind === 'event' ? 'Event' : 'Request';
  const said = joined(`${seconds(each.time)} s`, packetWords(each.asked), `${counted(more.bytes[0])} bytes`);
  const parts = [part(name, said, payload(more.body, 'request'))];
  if (more.metadata) parts.push(part('Metadata', 'that a hook of Nest added', payload(more.metadata, 'request')));
  return parts;
}

function replyParts(each, more) {
  const { replies, values } = more;
  const parts = replies.map(([place, value, error, last], i) => {
    const many = values > 1 ? `${counted(place)} of ${counted(values)}` : '';
    const time = i === 0 && each.latency != null ? `+${duration(each.latency)}` : i === replies.length - 1 && each.duration != null ? `+${duration(each.duration)}` : '';
    const said = joined(many, time, i === 0 ? packetWords(each.answered) : '', i === 0 ? `${counted(more.bytes[1])} bytes` : '');
    if (error) return part('Error', said, payload(error, 'reply error'));
    return part(last && !value ? 'End' : 'Reply', said, payload(value, 'reply'));
  });
  if (values > replies.length && replies.length) parts.push(el('p', { class: 'muted' }, `${counted(values - replies.length)} replies are not on this page.`));
  if (!values && each.kind === 'message') parts.push(el('p', { class: 'callout' }, `No reply: ${each.reply || 'none was captured'}.`));
  return parts;
}

function againPart(each, more) {
  if (!more.again) return [];
  const said = /"x+"|'x+'/.test(more.again) ? 'the same call from a shell; put in what is hidden as x' : 'the same call from a shell';
  const made = part('Again', said, el('pre', { class: 'wrapped', tabindex: '0' }, more.again));
  made.firstChild.append(copyButton(more.again));
  return [made];
}

function familyPart(each) {
  const found = children.get(each.n) ?? [], lines = [];
  if (each.parent !== undefined) lines.push(el('p', {}, 'Made for ', linked(`#${each.parent}`), ` ${byNumber.has(each.parent) ? nameOf(byNumber.get(each.parent)) : `#${each.parent}`}`, el('span', { class: 'muted' }, ` shown by ${each.evidence}`)));
  if (each.possible) lines.push(el('p', { class: 'muted' }, 'May be made for ', linked(each.possible.map((n) => `#${n}`).join(' '))));
  for (const child of found.slice(0, 20)) lines.push(el('p', {}, 'Caused ', linked(`#${child.n}`), ` ${nameOf(child)} `, el('span', { class: 'muted' }, `${endsOf(child)[2]} ${child.latency == null ? '' : duration(child.latency)}`)));
  if (found.length > 20) lines.push(el('p', { class: 'muted' }, `and ${counted(found.length - 20)} more`));
  return lines.length ? [part('Chain', '', lines)] : [];
}

function bodyOf(each) {
  const more = data.details[each.n], parts = [];
  for (const [severity, code, message, hint] of each.findings ?? []) {
    parts.push(el('p', { class: `callout ${severity}` }, el('b', {}, linked(message)), ' ', el('code', { class: 'muted' }, code), el('br'), hint));
  }
  if (more) parts.push(...requestParts(each, more), ...replyParts(each, more), ...againPart(each, more));
  else parts.push(el('p', { class: 'callout' }, 'What it carried is not on this page, which has the payloads of the worst exchanges and of the newest: '), el('pre', { class: 'wrapped' }, joined(each.data, each.reply) || 'nothing is kept'));
  parts.push(...familyPart(each));
  const drawn = ladder(each);
  if (drawn) parts.push(part('How it passed', '', scroller('Ladder', drawn)));
  const rows = packetsOf(each);
  if (rows.length) parts.push(part('Packets', '', packetTable(rows.slice(0, 200))));
  return parts;
}

function headOf(each) {
  const i = shown.indexOf(each), [client, server, carrier] = endsOf(each);
  const step = (by, glyph, name) => el('button', { type: 'button', class: 'step', 'aria-label': name, disabled: i < 0 || !shown[i + by], onclick: () => { at = i + by; mark(); open(shown[at].n); } }, glyph);
  const time = each.latency == null ? each.reply || each.kind : joined(duration(each.latency), each.failed ? each.outcome.replace('_', ' ') : '');
  return el('div', { class: 'drawer-head' },
    el('h2', { id: 'drawer-title' }, el('span', { class: 'muted mono' }, `#${each.n} `), el('span', { class: 'route' }, nameOf(each)),
      el('p', {}, time), el('p', {}, el('span', { class: 'client mono' }, client), ' → ', el('span', { class: 'server mono' }, server), ` ${carrier}, connection ${each.connection}`)),
    step(-1, '↑', 'Previous in the list'), step(1, '↓', 'Next in the list'),
    el('button', { type: 'button', class: 'step close', 'aria-label': 'Close', onclick: close }, '×'));
}

/** Open the drawer of an exchange. */
function open(number, focus = true) {
  const each = byNumber.get(number);
  if (!each) { $('#count').textContent = `#${number} is not on this page`; return; }
  if (!drawer.open) back = document.activeElement;
  current = number;
  const parts = el('div', { class: 'drawer-body' }, bodyOf(each));
  drawer.replaceChildren(headOf(each), parts);
  if (!drawer.open) drawer.show();
  drawer.scrollTop = 0;
  if (focus) $('.close', drawer).focus();
  history.replaceState(null, '', `#${number}`);
}

function close() {
  drawer.close();
  current = null;
  history.replaceState(null, '', location.pathname + location.search);
  if (back?.isConnected && back !== document.body) back.focus();
  else filter.focus({ preventScroll: true });
}
