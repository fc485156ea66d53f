// Goes to another page of the app, so that the browser's way back leads to the address that was left.

const gone = new Set();

export function go(href) {
  history.pushState({}, "", new URL(href, document.baseURI));
  // Streamlit follows the address when the browser says that it changed.
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

export default function ({ data }) {
  if (gone.has(data.turn)) return;
  gone.add(data.turn);
  go(data.href);
}
