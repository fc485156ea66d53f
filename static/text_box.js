// A text box that sends what was typed after a short pause, so that a draft outlives a reload or a crash, and says when.

const LOOK = `
:host, div { font: inherit; color: var(--st-text-color); }
label { display: block; font-size: .875rem; margin-bottom: .25rem; }
.need { color: #5b6b7b; }
textarea { width: 100%; box-sizing: border-box; font: inherit; line-height: 1.5; color: inherit; background: #fff; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: .5rem .65rem; resize: vertical; display: block; }
textarea:focus { outline: 2px solid #1d4e89; outline-offset: -1px; border-color: #1d4e89; }
textarea[aria-invalid="true"] { border: 2px solid #33414f; }
.foot { display: flex; justify-content: space-between; gap: .75rem; font-size: .8rem; color: #5b6b7b; margin-top: .2rem; min-height: 1.2em; }
.fault { font-size: .85rem; font-weight: 600; margin-top: .25rem; }
.fault:empty { display: none; }
`;
const PAUSE = 600, LONGEST = 3000;

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement;
  if (!root.box) {
    root.replaceChildren();
    const style = document.createElement("style");
    style.textContent = LOOK;
    const host = document.createElement("div");
    host.innerHTML = '<label for="box"><span></span> <span class="need"></span></label><textarea id="box"></textarea>'
      + '<div class="fault" id="fault" role="alert"></div><div class="foot"><span id="note" role="status"></span><span></span></div>';
    root.append(style, host);
    root.box = host.querySelector("textarea");
  }
  const { box } = root;
  const [words, need] = root.querySelectorAll("label span");
  const fault = root.querySelector(".fault");
  const [note, count] = root.querySelectorAll(".foot span");
  words.textContent = data.label;
  need.textContent = data.required ? "（必填）" : "（可不填）";
  box.maxLength = data.most;
  box.style.minHeight = `${data.height}px`;
  box.setAttribute("aria-required", data.required);
  box.setAttribute("aria-invalid", Boolean(data.fault));
  box.setAttribute("aria-describedby", "fault note");
  fault.textContent = data.fault ? `▸ ${data.fault}` : "";
  // What stands in the box is the person's: the server's text comes in only when it begins anew.
  if (root.seed !== data.seed) {
    root.seed = data.seed;
    root.sent = data.value;
    box.value = data.value;
  }
  const tell = () => {
    note.textContent = box.value === root.sent ? data.note : "正在输入，停下后自动保存…";
    count.textContent = [data.enter && box.value ? "Ctrl+Enter 提交" : "", box.value ? `${box.value.length}/${data.most}` : ""].filter(Boolean).join("　");
  };
  const send = () => {
    clearTimeout(root.pause);
    root.since = null;
    if (box.value === root.sent) return;
    root.sent = box.value;
    setStateValue("typed", { text: box.value, seed: data.seed });
    note.textContent = "正在自动保存…";
  };
  box.oninput = (event) => {
    tell();
    clearTimeout(root.pause);
    if (event.isComposing) return;
    root.since ??= Date.now();
    if (Date.now() - root.since > LONGEST) send();
    else root.pause = setTimeout(send, PAUSE);
  };
  box.oncompositionend = () => { clearTimeout(root.pause); root.pause = setTimeout(send, PAUSE); };
  box.onblur = send;
  box.onkeydown = (event) => {
    if (!data.enter || event.isComposing || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
    setTriggerValue("enter", Date.now());
  };
  root.leave && removeEventListener("pagehide", root.leave);
  root.leave = send;
  addEventListener("pagehide", send);
  if (box.value === root.sent) tell();
  return () => {
    clearTimeout(root.pause);
    removeEventListener("pagehide", root.leave);
  };
}
