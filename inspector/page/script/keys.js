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

const places = $$('nav a');
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    for (const link of places) {
      if (link.hash === `#${target.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }
}, { rootMargin: '-60px 0px -70% 0px' });
for (const section of $$('main > section')) seen.observe(section);

let drawnWidth = 0;
addEventListener('resize', () => { if (drawnWidth !== innerWidth) { drawnWidth = innerWidth; figures(); } });
