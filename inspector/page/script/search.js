// What the filter understands: words, "-word", "#422", ">100ms", "<1s", "failed", "slow".

const UNITS = { ns: 1, µs: 1e3, us: 1e3, ms: 1e6, s: 1e9 };
const LONGER = /^([<>])([0-9.]+)(ns|µs|us|ms|s)$/;

const nameOf = (each) => data.names[each.pattern][1];

/** Return the ends of an exchange: who asks, and whom. */
function endsOf(each) {
  const [client, server, carrier] = data.connections[each.connection] ?? ['?', '?', ''];
  const to = each.server ?? server;
  return each.pushed ? [server, client, carrier] : [client, to, carrier];
}

/** Return all text of an exchange, in small letters; it is made when it is first asked for. */
function textOf(each) {
  if (each.text === undefined) {
    const more = data.details[each.n];
    const bodies = more ? [more.body, ...more.replies.flatMap(([, value, error]) => [value, error])] : [];
    const parts = [`#${each.n}`, nameOf(each), ...endsOf(each), each.data, each.reply, each.outcome,
      ...bodies.map((body) => body?.[0]), ...each.asked, ...each.answered, ...(each.findings ?? []).map((found) => found[1])];
    Object.defineProperty(each, 'text', { value: parts.join(' ').toLowerCase() });
  }
  return each.text;
}

/** Return what tells whether an exchange has a word of the filter. */
function test(word) {
  if (/^#[0-9]+$/.test(word)) return (each) => `#${each.n}` === word;
  const longer = LONGER.exec(word);
  if (longer) {
    const limit = longer[2] * UNITS[longer[3]];
    return longer[1] === '>' ? (each) => each.latency > limit : (each) => each.latency != null && each.latency < limit;
  }
  if (word.length > 1 && word[0] === '-') {
    const held = test(word.slice(1));
    return (each) => !held(each);
  }
  return (each) => textOf(each).includes(word);
}

/** Return the exchanges of which all of a filter holds. */
function matching(filter) {
  const tests = filter.toLowerCase().split(/\s+/).filter(Boolean).map(test);
  return data.exchanges.filter((each) => tests.every((holds) => holds(each)));
}
