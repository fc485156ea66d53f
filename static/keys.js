// The keys of a page about one object: J and K to the next of its list and the one before, Escape back to where one came
// from, F into its form, S signs what is new. What is typed into a field is the field's.

const OPEN = '[data-testid="stPopoverBody"], [role="dialog"], [role="listbox"], [data-baseweb="popover"] [data-baseweb="menu"]';
// A step is chosen before its fields; a form that asks for nothing has its button.
const FIELDS = ['input:not([type="file"]):not(:disabled), textarea, [role="radio"]', '[class*="st-key-submit-"] button:not(:disabled)'];
// Of a few that stand side by side, the chosen one.
const CHOSEN = '[role="radio"][aria-checked="true"]';

const first = (root, wanted) => {
  // A text box stands in a tree of its own.
  for (const one of root.querySelectorAll("*")) {
    if (one.matches(wanted) && one.getClientRects().length) return one;
    const inside = one.shadowRoot && first(one.shadowRoot, wanted);
    if (inside) return inside;
  }
  return null;
};

const press = (where) => {
  const one = document.querySelector(`.stMain ${where}`);
  one?.click();
  return Boolean(one);
};

const enter = () => {
  const foot = document.querySelector('.stMain [class*="st-key-submit-"]');
  const form = foot?.closest('[class*="st-key-card-"]') ?? foot?.parentElement;
  const found = form && (first(form, FIELDS[0]) ?? first(form, FIELDS[1]));
  const field = found?.closest('[role="radiogroup"]')?.querySelector(CHOSEN) ?? found;
  field?.focus();
  // What stands side by side gives the focus on to the one that had it last; asked from within, it does not.
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return Boolean(field);
};

// Out of the field first: what was typed in it is kept, and the keys are the page's again.
const leave = (at) => {
  at.blur();
  return true;
};

const KEYS = {
  j: () => press(".st-key-next a"),
  k: () => press(".st-key-before a"),
  f: enter,
  s: () => press('[class*="_sign_both"] button'),
  escape: () => press(".st-key-back a"),
};

// Looked at before anybody answers: the key that closes a list must not leave its field too, where the list closes at once.
let open = false;
addEventListener("keydown", (event) => {
  open = document.querySelector(OPEN) !== null || event.composedPath()[0].matches?.('input[aria-expanded="true"]') === true;
}, true);

// Whoever listens on the document comes before: a list has J and K for its rows.
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const at = event.composedPath()[0], key = event.key.toLowerCase();
  if (!Object.hasOwn(KEYS, key) || at.tagName === "CANVAS" || open) return;
  const typed = at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName) || (at.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test(at.type));
  const done = !typed ? KEYS[key]() : key === "escape" && leave(at);
  if (done) event.preventDefault();
});
