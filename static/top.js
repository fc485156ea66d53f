// Goes back to where the page begins when what it shows is another thing, though its address is the same.

export default function ({ data }) {
  if (window.cockpitTop === data.shown) return;
  window.cockpitTop = data.shown;
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}
