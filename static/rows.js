// A list whose rows open: the whole row, Enter, J and K; a table where there is room, cards where there is not.

import { go, note, noted } from "./way.js";

const LOOK = `
:host, .list { font: inherit; color: var(--st-text-color); }
.list { background: #fff; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); overflow: auto; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: .87rem; line-height: 1.35; }
th { position: sticky; top: 0; z-index: 1; background: #eef3f8; text-align: left; font-weight: 600; padding: 0; white-space: nowrap; }
th button, th span { font: inherit; color: inherit; background: none; border: 0; padding: .42rem .5rem; margin: 0; display: block; width: 100%; text-align: left; box-sizing: border-box; overflow: hidden; text-overflow: ellipsis; }
th button { cursor: pointer; }
th button:hover { background: #dfe8f2; }
td { padding: .4rem .5rem; border-top: 1px solid var(--st-border-color); vertical-align: top; overflow: hidden; overflow-wrap: anywhere; }
tbody tr { cursor: pointer; }
tbody tr:hover { background: #f3f7fb; }
tbody tr.opened { box-shadow: inset 3px 0 0 #7a9cc4; }
tbody tr.on { background: #e8f0f8; }
tr:focus-within { outline: 2px solid #1d4e89; outline-offset: -2px; }
a { color: var(--st-link-color); text-decoration: none; outline: none; }
tr:hover a, a:focus-visible { text-decoration: underline; }
td a { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.pick { width: 30px; }
td.pick, th.pick { padding: .42rem 0 0 .5rem; }
input { width: 16px; height: 16px; margin: 0; accent-color: #1d4e89; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 2px solid #1d4e89; outline-offset: -2px; }
.level { display: inline-block; padding: 0 .4rem; border-radius: .25rem; white-space: nowrap; color: #1c2733; }
.late { display: inline-block; padding: 0 .35rem; border-radius: .25rem; background: #33414f; color: #fff; }
@container (max-width: 640px) {
  .list { max-height: none !important; background: none; border: 0; overflow: visible; }
  table, tbody { display: block; }
  thead { display: none; }
  tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .6rem; background: #fff; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: .6rem .7rem; margin-bottom: .55rem; }
  td { border: 0; padding: 0; max-width: 100%; }
  td.main { flex: 1 0 100%; font-size: .95rem; }
  td.line { flex: 1 0 100%; }
  td.rest, td:empty, td.none { display: none; }
  td[data-name]::before { content: attr(data-name) " "; color: #5b6b7b; }
  td.main::before, td.bare::before { content: none !important; }
  input { width: 20px; height: 20px; }
  td.pick { width: auto; }
  td.pick label { display: block; padding: 6px 10px 6px 4px; margin: -6px 0 -6px -4px; }
  td a { -webkit-line-clamp: none; }
}
`;

const made = (tag, parent, attributes = {}, text) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
};

// Where a row leads: of many kinds, KIND/NUMBER under the link of its kind.
const number = (link, id) => (typeof link === "string" ? id : id.slice(id.indexOf("/") + 1));
const leads = (link, id) => (typeof link === "string" ? link : link[id.slice(0, id.indexOf("/"))]) + encodeURIComponent(number(link, id));
// Two lines hold this many letters in the narrowest list.
const LONG = 16;
const SORTS = { ascending: " ▲", descending: " ▼" };
const busy = (event) => {
  const at = event.composedPath()[0];
  return event.isComposing || event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName ?? "");
};

function open(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1) return false;
  event.preventDefault();
  go(link);
  return true;
}

export default function ({ data: sent, parentElement, setStateValue, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(sent));
  const root = parentElement;
  // Ticking a box brings the same rows again: what has the focus keeps it.
  const shown = JSON.stringify({ ...data, picked: null });
  if (root.shown === shown) {
    root.agree(data.picked);
    return () => root.tidy();
  }
  root.shown = shown;
  root.replaceChildren();
  made("style", root, {}, LOOK);
  const host = made("div", root, { style: "container-type: inline-size" });
  const box = made("div", host, { class: "list", style: data.height ? `max-height:${data.height}px` : null });
  const table = made("table", box, { "aria-label": data.label });
  const picked = new Set(data.picked);
  const links = [], boxes = [];

  const head = made("tr", made("thead", table));
  let every = null;
  if (data.select) {
    every = made("input", made("th", head, { class: "pick" }), { type: "checkbox", "aria-label": "全选本页" });
    every.checked = data.rows.length > 0 && data.rows.every((row) => picked.has(row.id));
    every.onchange = () => {
      for (const row of data.rows) every.checked ? picked.add(row.id) : picked.delete(row.id);
      boxes.forEach((one, n) => mark(n, every.checked));
      setStateValue("picked", [...picked]);
    };
  }
  for (const column of data.columns) {
    const cell = made("th", head, { scope: "col", style: `width:${column.width}`, title: column.help, "aria-sort": column.sorted ?? null });
    const title = column.name + (SORTS[column.sorted] ?? "");
    if (data.sort) made("button", cell, { type: "button", "data-sort": column.name }, title).onclick = () => setTriggerValue("sort", column.name);
    else made("span", cell, {}, title);
  }

  const body = made("tbody", table);
  const mark = (n, on) => { boxes[n].checked = on; body.rows[n].classList.toggle("on", on); };
  const pick = (n, on) => {
    mark(n, on);
    on ? picked.add(data.rows[n].id) : picked.delete(data.rows[n].id);
    if (every) every.checked = data.rows.every((row) => picked.has(row.id));
    setStateValue("picked", [...picked]);
  };
  const active = (n) => links.forEach((link, at) => { link.tabIndex = at === n ? 0 : -1; if (boxes[at]) boxes[at].tabIndex = at === n ? 0 : -1; });
  const move = (n) => {
    const at = Math.max(0, Math.min(links.length - 1, n));
    active(at);
    links[at].focus();
    body.rows[at].scrollIntoView({ block: "nearest" });
  };

  // What a row is called for whoever hears it: level, model and what it is about.
  const told = ["种类", "等级", "模型", data.main].map((name) => data.columns.findIndex((column) => column.name === name)).filter((at) => at >= 0);
  for (const row of data.rows) row.name = told.map((at) => row.cells[at].replace(/^[▲◆●◇] /, "")).join(" ");

  data.rows.forEach((row, n) => {
    const link = leads(data.link, row.id);
    const line = made("tr", body, { "data-id": row.id });
    if (data.select) {
      const tick = made("input", made("label", made("td", line, { class: "pick" })), { type: "checkbox", "aria-label": `选择 ${row.name}` });
      tick.checked = picked.has(row.id);
      tick.onchange = () => pick(n, tick.checked);
      boxes.push(tick);
      line.classList.toggle("on", tick.checked);
    }
    row.cells.forEach((text, at) => {
      const column = data.columns[at];
      const cell = made("td", line, { class: text === "—" ? `${column.kind} none` : column.kind, "data-name": column.name });
      if (column.name === data.main) {
        const anchor = made("a", cell, { href: link, "aria-label": row.name, title: text.length > LONG && text }, text);
        anchor.onfocus = () => active(n);
        links.push(anchor);
      } else if (data.grounds && column.name === "等级") made("span", cell, { class: "level", style: `background:${data.grounds[text.slice(0, 1)] ?? "none"}` }, text);
      else if (column.late && text.includes("超期")) made("span", cell, { class: "late" }, text);
      else cell.textContent = text;
    });
    line.onclick = (event) => {
      if (event.target.closest("input") || event.target.closest("td.pick") || getSelection()?.toString()) return;
      if (event.target.closest("a") && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
      if (open(event, link)) return;
      note(link);
      window.open(link, "_blank", "noopener");
    };
  });

  root.agree = (ids) => {
    picked.clear();
    for (const id of ids) picked.add(id);
    boxes.forEach((_, n) => mark(n, picked.has(data.rows[n].id)));
    if (every) every.checked = data.rows.length > 0 && data.rows.every((row) => picked.has(row.id));
  };

  const seen = noted(data.place);
  const last = data.rows.findIndex((row) => seen.includes(number(data.link, row.id)));
  active(Math.max(0, last));
  if (last >= 0) {
    body.rows[last].classList.add("opened");
    if (data.keys) {
      body.rows[last].scrollIntoView({ block: "nearest" });
      links[last].focus({ preventScroll: true });
    }
  }
  // A row that was dealt with leaves its place to the next one: the focus stays there.
  const held = sessionStorage.getItem(`at:${data.place}`);
  sessionStorage.removeItem(`at:${data.place}`);
  if (held !== null && links.length) move(Number(held));

  const at = () => links.findIndex((link, n) => [link, boxes[n]].includes(link.getRootNode().activeElement ?? false));
  const inside = (event) => event.composedPath().includes(table);
  const key = (event) => {
    if (!inside(event) && !(data.keys && event.type === "keydown" && /^[jkJK]$/.test(event.key))) return;
    const tick = event.composedPath()[0];
    if (busy(event) && !(tick.type === "checkbox" && inside(event))) return;
    const now = at();
    const step = { j: 1, J: 1, ArrowDown: 1, k: -1, K: -1, ArrowUp: -1 }[event.key];
    if (step) move(now < 0 ? Math.max(0, last) : now + step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(links.length - 1);
    else if ((event.key === "s" || event.key === "S") && data.signs?.includes(data.rows[now]?.id)) {
      sessionStorage.setItem(`at:${data.place}`, now);
      setTriggerValue("sign", data.rows[now].id);
    } else if ((event.key === "x" || event.key === "X") && data.select && now >= 0) pick(now, !boxes[now].checked);
    else return;
    event.preventDefault();
  };
  root.tidy?.();
  document.addEventListener("keydown", key);
  root.tidy = () => document.removeEventListener("keydown", key);
  return () => root.tidy();
}
