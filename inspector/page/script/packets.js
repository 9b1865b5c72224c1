// Packets, the proof: what each of a connection carried.

const [PACKET, TIME, CONNECTION, SIDE, KIND, BYTES, ACKED, WORDS] = [0, 1, 2, 3, 4, 5, 6, 7];

function packetTable(rows) {
  const headings = ['packet', 'time s', 'from', 'bytes', 'carried'];
  return scroller('Packets', el('table', { class: 'packets' },
    el('caption', { class: 'hidden-text' }, 'Packets and what each carried'),
    el('thead', {}, el('tr', {}, headings.map((name, i) => el('th', { scope: 'col', class: i < 2 || i === 3 ? 'figure' : null }, name)))),
    el('tbody', {}, rows.map((each) => el('tr', {},
      el('td', { class: 'figure' }, String(each[PACKET])), el('td', { class: 'figure muted' }, seconds(each[TIME])),
      el('td', { class: each[SIDE] ? 'server' : 'client' }, each[SIDE] ? '← server' : 'client →'),
      el('td', { class: 'figure' }, each[BYTES] ? counted(each[BYTES]) : ''),
      el('td', { class: each[KIND] === 'data' ? null : each[KIND] === 'retransmission' ? 'warning' : 'muted' }, linked(each[WORDS])))))));
}

/** Return the packets of an exchange: those that carried it, and their ACKs. */
function packetsOf(each) {
  const more = data.details[each.n];
  const own = new Set([...each.asked, ...each.answered, ...(more?.errands ?? []), ...(more?.arrows ?? []).flatMap((arrow) => arrow[4])]);
  return data.packets.filter((row) => own.has(row[PACKET]) || own.has(row[ACKED]));
}

const select = $('#connection');
let wanted = 40;

function records() {
  const number = +select.value, rows = data.packets.filter((each) => each[CONNECTION] === number);
  const rest = rows.length - wanted;
  const more = rest > 0
    ? [el('button', { type: 'button', class: 'more', onclick: () => { wanted += 400; records(); } }, `Show ${counted(Math.min(400, rest))} more of ${counted(rest)}`)] : [];
  const left = data.packets_seen - data.packets.length;
  const note = left > 0 ? [el('p', { class: 'muted' }, `${counted(left)} of ${counted(data.packets_seen)} packets are not on this page.`)] : [];
  $('#records').replaceChildren(packetTable(rows.slice(0, wanted)), ...more, ...note);
}

/** Offer the connections that have packets here. */
function connections() {
  const chosen = select.value, known = new Set(data.packets.map((each) => each[CONNECTION]));
  select.replaceChildren(...[...known].sort((a, b) => a - b).map((number) => {
    const [client, server, carrier] = data.connections[number] ?? [];
    const words = client === undefined ? `connection ${number}` : `${number}  ${client} → ${server}  ${carrier}`;
    return el('option', { value: number }, words);
  }));
  if (known.has(+chosen)) select.value = chosen;
  $('#proof').hidden = !known.size;
  if ($('#proof').open) records();
}

select.addEventListener('change', () => { wanted = 40; records(); });
$('#proof').addEventListener('toggle', () => { if ($('#proof').open) records(); });
