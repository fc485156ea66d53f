// Links inside the app, followed so that the browser's way back leads to the address that was left, with all its
// filters. Streamlit on its own first puts the next page's parameters on the page that is being left.

import "./keys.js";

const LINKS = ["PageLink-NavLink", "TopNavLink", "TopNavDropdownLink", "SidebarNavLink"]
  .map((name) => `a[data-testid="st${name}"]`).concat(".stHtml a[href]").join();

const HOW = ["back", "as"];
const own = (target) => [...target.searchParams].filter(([name]) => !HOW.includes(name)).map(([, value]) => value);

// What was last looked at of the list at an address, wherever from: its row is found again there.
export function note(href) {
  const target = new URL(href, document.baseURI), list = target.searchParams.get("back");
  if (list !== null) sessionStorage.setItem(`seen:${list}`, JSON.stringify(own(target)));
}

export const noted = (list) => JSON.parse(sessionStorage.getItem(`seen:${list}`) ?? "[]");

// Whether an address is of another page or of something on this one, and so read from its top; else what is shown is
// only narrowed.
const trail = (address) => new URL(address).searchParams.getAll("back");
const leaves = (target) => {
  const [here, there] = [trail(location.href), trail(target.href)];
  return target.pathname !== location.pathname || there.length > here.length || (there.length === here.length && there[0] !== here[0]);
};

export function go(href) {
  const target = new URL(href, document.baseURI);
  note(target);
  if (target.href === location.href) return;
  if (leaves(target)) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  history.pushState({}, "", target);
  // Streamlit follows the address when the browser says that it changed.
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

function follow(event) {
  const link = event.target.closest?.(LINKS);
  if (!link || link.target === "_blank" || event.button) return;
  event.stopPropagation();
  // A link opened in a window of its own is the browser's: Streamlit would open it here all the same.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // A link to the first page has no path of its own.
  const asked = link.getAttribute("href") ?? "";
  go(asked === "" || asked.startsWith("?") ? `./${asked}` : asked);
  // The menu the link stood in closes as after any choice.
  const escape = { key: "Escape", code: "Escape", keyCode: 27, bubbles: true };
  if (link.matches('[data-testid="stTopNavDropdownLink"]')) link.dispatchEvent(new KeyboardEvent("keydown", escape));
}

export default function ({ data }) {
  if (!window.cockpitFollows) {
    window.cockpitFollows = true;
    window.cockpitWent = new Set();
    document.addEventListener("click", follow, true);
  }
  if (data.href && !window.cockpitWent.has(data.turn)) {
    window.cockpitWent.add(data.turn);
    go(data.href);
  }
}
