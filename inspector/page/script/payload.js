// Payloads: JSON as it was sent, on several lines, and no number or key of it changed.

const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;
const SHORT = 72;

/** Return JSON text on several lines, as parts of [text, whether it is a key]. */
function pretty(text) {
  const tokens = text.match(TOKEN) ?? [];
  const parts = [];
  let depth = 0, place = 0;
  const line = () => parts.push([`\n${'  '.repeat(Math.min(depth, 40))}`, false]);
  for (const token of tokens) {
    const next = tokens[++place];
    if (token === '{' || token === '[') {
      parts.push([token, false]);
      depth++;
      if (next !== '}' && next !== ']') line();
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      const before = tokens[place - 2];
      if (before !== '{' && before !== '[') line();
      parts.push([token, false]);
    } else if (token === ',') {
      parts.push([token, false]);
      line();
    } else if (token === ':') parts.push([': ', false]);
    else parts.push([token, next === ':' && token[0] === '"']);
  }
  return parts;
}

/** Return an element with a payload: [text], or [its beginning, its size in bytes]. */
function payload(body, role) {
  const made = el('pre', { class: role, tabindex: '0' });
  if (!body) {
    made.append('no value');
    return made;
  }
  const [text, size] = body;
  const parts = text.length <= SHORT && !/[{[].*[{[]/.test(text) ? [[text, false]] : pretty(text);
  let plain = '';
  for (const [part, isKey] of parts) {
    if (!isKey) { plain += part; continue; }
    made.append(plain, el('span', { class: 'key' }, part));
    plain = '';
  }
  made.append(plain);
  if (size) made.append(el('span', { class: 'cut' }, `\n… of ${counted(size)} bytes`));
  return made;
}
