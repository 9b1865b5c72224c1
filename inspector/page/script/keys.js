// Links, keys, and where in the page one is.

document.addEventListener('click', (event) => {
  const link = event.target.closest('a.n'), dot = event.target.closest('[data-n]');
  const number = link ? +link.hash.slice(1) : dot ? +dot.dataset.n : 0;
  if (!number) return;
  event.preventDefault();
  open(number);
});

const typing = (target) => /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === 'Escape') {
    if (drawer.open) close();
    else if (typing(target)) target.blur();
    return;
  }
  if (typing(target)) return;
  if (key === '/') {
    event.preventDefault();
    $('#exchanges').scrollIntoView();
    filter.focus({ preventScroll: true });
    filter.select();
  } else if (key === 'j' || key === 'k') {
    move(key === 'j' ? 1 : -1);
    if (drawer.open && at >= 0) open(shown[at].n, false);
  } else if (key === 'Enter' && at >= 0 && target === document.body) {
    event.preventDefault();
    open(shown[at].n);
  }
});

addEventListener('hashchange', () => { const number = +location.hash.slice(1); if (number) open(number); });

// The section that one reads is the last to begin in the upper part of the window, or the one whose link was followed.
const places = $$('nav a');
let followed = '', planned = false;

function markSection() {
  planned = false;
  const found = $$('main > section:not([hidden])').map((each) => [`#${each.id}`, each.getBoundingClientRect()]);
  const begun = found.filter(([, { top }]) => top <= 0.3 * innerHeight).pop();
  const there = found.find(([id, { top, bottom }]) => id === followed && top < innerHeight && bottom > 0);
  const atEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  const [here] = there ?? (atEnd ? found.at(-1) : begun) ?? [''];
  for (const link of places) {
    if (link.hash === here) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

const planMark = () => { if (!planned) { planned = true; requestAnimationFrame(markSection); } };
addEventListener('scroll', planMark, { passive: true });
addEventListener('resize', planMark);
for (const link of places) link.addEventListener('click', () => { followed = link.hash; planMark(); });
for (const name of ['wheel', 'touchmove', 'keydown']) addEventListener(name, () => { followed = ''; }, { passive: true });

let drawnWidth = 0;
addEventListener('resize', () => { if (drawnWidth !== innerWidth) { drawnWidth = innerWidth; figures(); } });
