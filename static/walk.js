// The strip of a walk at the foot of the window: what to look at, on and back by button, arrow or a presenter's clicker.

const LOOK = `
:host { font: inherit; }
.strip { position: fixed; left: 0; right: 0; bottom: 0; z-index: 1000000; display: flex; align-items: center; gap: 1rem; padding: .55rem 1.25rem; background: #10263f; color: #e8eef5; box-shadow: 0 -2px 10px rgba(16, 38, 63, .25); font-size: 1.05rem; }
.look { flex: 1; font-size: 1.25rem; font-weight: 600; overflow: hidden; text-overflow: ellipsis; cursor: pointer; background: none; border: 0; color: inherit; font-family: inherit; text-align: left; padding: .2rem 0; }
.told { color: #a9bdd2; white-space: nowrap; }
.turns { display: flex; gap: .5rem; }
.turns button { font: inherit; color: inherit; background: #1d4e89; border: 1px solid #4d7bad; border-radius: .4rem; padding: .35rem .9rem; cursor: pointer; white-space: nowrap; }
.turns button:disabled { opacity: .4; cursor: default; }
.turns .end { background: none; }
button:focus-visible { outline: 2px solid #e8eef5; outline-offset: 1px; }
@media (max-width: 640px) { .strip { flex-wrap: wrap; gap: .4rem .8rem; } .look { flex-basis: 100%; font-size: 1rem; } }
`;
const KEYS = { ArrowRight: "on", PageDown: "on", ArrowLeft: "back", PageUp: "back" };
const TYPED = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="radiogroup"], [role="tab"], [role="slider"], [role="dialog"]';

function pressed(event) {
  const go = KEYS[event.key];
  if (!go || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return;
  if (event.composedPath().some((one) => one.matches?.(TYPED))) return;
  event.preventDefault();
  window.cockpitWalk?.(go);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement;
  if (!root.strip) {
    root.replaceChildren();
    const style = document.createElement("style");
    style.textContent = LOOK;
    root.strip = document.createElement("div");
    root.strip.className = "strip";
    root.strip.setAttribute("role", "navigation");
    root.strip.setAttribute("aria-label", "讲解");
    root.strip.innerHTML = '<span class="told"></span><button class="look" title="回到这一步"></button><span class="turns">'
      + '<button class="back">← 上一步</button><button class="on"></button><button class="end">结束</button></span>';
    root.append(style, root.strip);
    addEventListener("keydown", pressed, true);
  }
  const part = (name) => root.strip.querySelector(name);
  // A click while the last one is on its way would skip a step.
  let gone = false;
  const go = (where) => { if (!gone) { gone = true; setTriggerValue("go", where); setTimeout(() => { gone = false; }, 700); } };
  window.cockpitWalk = go;
  part(".told").textContent = `讲解 ${data.step} / ${data.count}`;
  part(".look").textContent = data.look;
  part(".look").onclick = () => go("here");
  part(".back").disabled = data.step === 1;
  part(".back").onclick = () => go("back");
  part(".on").textContent = data.step === data.count ? "完成 →" : "下一步 →";
  part(".on").onclick = () => go("on");
  part(".end").onclick = () => go("end");
  return () => { removeEventListener("keydown", pressed, true); root.strip = null; };
}
