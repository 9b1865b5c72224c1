// Elements of the page. All that comes from a capture is set as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = new Set(['svg', 'g', 'line', 'rect', 'circle', 'path', 'text', 'tspan', 'title']);
let data, byNumber = new Map(), byConnection = new Map(), children = new Map();
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Return an element with attributes (`on…` are listeners, null is absent) and children. */
function el(name, attributes = {}, ...children) {
  const made = SHAPES.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null));
  return made;
}

/** Return what scrolls sideways where it is too wide, also by keys. */
const scroller = (label, child) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, child);

const NUMBER = /#([0-9]+)/g;

/** Return a text as nodes: numbers of exchanges of this page are links. */
function linked(text) {
  const parts = [];
  let place = 0;
  for (const found of text.matchAll(NUMBER)) {
    if (!byNumber.has(+found[1])) continue;
    if (found.index > place) parts.push(text.slice(place, found.index));
    parts.push(el('a', { class: 'n', href: found[0] }, found[0]));
    place = found.index + found[0].length;
  }
  if (place < text.length) parts.push(text.slice(place));
  return parts;
}

const counted = (number) => number.toLocaleString('en-US');
const plural = (number, noun) => `${counted(number)} ${noun}${number === 1 ? '' : 's'}`;

/** Return a number with three significant digits, and at most three decimals. */
function significant(value) {
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value >= 0.9995 || value === 0 ? value.toFixed(2) : value.toFixed(3);
}

/** Return a duration in nanoseconds as a sentence has it: `41.7 ms`, `1 min 20 s`. */
function duration(ns) {
  if (!ns) return '0 s';
  if (ns < 0) return `-${duration(-ns)}`;
  const us = ns / 1e3;
  if (us < 999.5) return `${significant(us)} µs`;
  if (us < 999.5e3) return `${significant(us / 1e3)} ms`;
  if (us < 60e6) return `${significant(us / 1e6)} s`;
  const whole = Math.round(ns / 1e9);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${counted(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Return a time in seconds with six decimals, as a table has it. */
function seconds(ns) {
  const us = Math.floor(Math.abs(ns) / 1e3);
  return `${ns < 0 ? '-' : ''}${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;
}

const milliseconds = (ns) => (ns == null ? '–' : significant(ns / 1e6));

/** Return figures with blanks after them, so that their points agree in a monospaced font. */
function aligned(texts) {
  const decimals = (text) => (text.includes('.') ? text.length - text.indexOf('.') : 0);
  const most = Math.max(0, ...texts.map(decimals));
  return texts.map((text) => (text === '–' ? text : text + '\u00a0'.repeat(most - decimals(text))));
}
