// The wall: covers the window, shows the page that came, asks for the next one at its turn, keeps the time, and when no
// answer comes says so and fetches the app anew as soon as the server is there again. It never leaves a page of errors.

const FONT = "'Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif";
const LOOK = `
:host { position: fixed; inset: 0; z-index: 2147483647; background: #0b1a2b; cursor: none; overflow: hidden; }
.stage { position: absolute; left: 50%; top: 50%; width: 1920px; height: 1080px; transform-origin: 0 0; color: #e8eef5; font: 26px/1.4 ${FONT}; }
* { box-sizing: border-box; }
header { position: absolute; left: 40px; right: 40px; top: 20px; height: 76px; display: flex; align-items: center; gap: 28px; white-space: nowrap; }
header b { font-size: 34px; font-weight: 600; letter-spacing: .08em; color: #7fb2e5; }
header h1 { font-size: 40px; font-weight: 600; margin: 0; flex: 1; }
header .told { font-size: 24px; color: #a9bdd2; }
time { font-size: 48px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: pre; }
main { position: absolute; left: 40px; right: 40px; top: 108px; bottom: 64px; }
main > div { height: 100%; animation: come .6s ease-out; }
@keyframes come { from { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { main > div { animation: none; } }
footer { position: absolute; left: 40px; right: 40px; bottom: 16px; height: 36px; display: flex; align-items: center; gap: 12px; font-size: 22px; color: #a9bdd2; white-space: nowrap; }
footer .dots { display: flex; gap: 10px; }
footer .dots i { width: 34px; height: 6px; border-radius: 3px; background: #2a4563; }
footer .dots i.on { background: #7fb2e5; }
footer .fault { margin-left: auto; color: #e8eef5; overflow: hidden; text-overflow: ellipsis; }
section { background: #12263d; border: 1px solid #2a4563; border-radius: 10px; padding: 20px 26px; display: flex; flex-direction: column; min-height: 0; min-width: 0; overflow: hidden; }
h2 { font-size: 28px; font-weight: 600; line-height: 1.3; margin: 0 0 12px; }
small { font-size: 22px; color: #a9bdd2; }
p { margin: 0; }
svg { display: block; width: 100%; min-height: 0; flex: 1; font-family: ${FONT}; }
i { font-style: normal; }
table { border-collapse: collapse; width: 100%; }
td { padding: 9px 0; border-top: 1px solid #2a4563; white-space: nowrap; }
tr:first-child td { border-top: 0; }
td b { font-size: 32px; font-weight: 600; }
.page { height: 100%; }
.page > section { height: 100%; }
.map, .pair, .lists-and { display: grid; gap: 20px; height: 100%; }
.map { grid-template-columns: 1236px 1fr; }
.map .picture svg { margin: 0 0 4px; }
.counties td:last-child { text-align: right; font-size: 24px; }
.counties table { margin-bottom: auto; }
.legend, .levels { display: flex; flex-wrap: wrap; gap: 6px 22px; font-size: 22px; color: #a9bdd2; margin-top: 16px; }
.legend b { width: 100%; font-weight: 400; }
.legend i { display: inline-block; width: 30px; height: 20px; margin-right: 10px; vertical-align: -2px; border: 1px solid #5b7593; }
.pair { grid-template-columns: 956px 1fr; }
.months .levels { margin: 0 0 8px; }
.situation { font-size: 36px; font-weight: 600; height: 64px; }
.six { display: grid; grid-template-columns: repeat(3, 1fr); grid-auto-rows: 306px; gap: 20px; }
.six h2 { font-size: 26px; font-weight: 400; color: #a9bdd2; margin: 0; }
.six strong { font-size: 48px; font-weight: 600; line-height: 1.35; }
.six p { display: flex; flex-wrap: wrap; gap: 0 22px; font-size: 24px; margin-bottom: auto; }
.loop { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 14px; margin-top: 20px; }
.loop div { background: #12263d; border: 1px solid #2a4563; border-radius: 10px; padding: 18px 20px; position: relative; }
.loop div + div::before { content: "›"; position: absolute; left: -14px; top: 50%; font-size: 34px; line-height: 0; color: #7fb2e5; }
.loop span { display: block; color: #a9bdd2; }
.loop b { font-size: 38px; font-weight: 600; }
.loop small { display: block; }
.lists-and { grid-template-columns: 1220px 1fr; }
.lists-and table { margin-bottom: auto; }
.lists-and td { padding: 29px 0; }
.lists-and td span { margin-left: 24px; }
.lists td:last-child, .beside td:last-child { text-align: right; }
.light { border-radius: 6px; padding: 6px 16px; }
.light b { font-size: 28px; }
.s0 { background: #1b3a5c; }
.s1 { background: #2f6aa3; }
.s2 { background: #cfe3f6; color: #0b1a2b; }
.sx { color: #a9bdd2; border: 1px solid #2a4563; }
`;
const FRAME = `<div class="stage"><header><b>执法监督舱</b><h1></h1><span class="told"></span><time></time></header>`
  + `<main></main><footer><span class="dots"></span><span class="fault" role="status"></span></footer></div>`;
// Milliseconds: how late an answer may be before that is said, and before the app is fetched anew; between two looks.
const LATE = 8000, LOST = 60000, LOOK_AGAIN = 5000;
// After so many turns, half a day, the app is fetched anew: whatever a browser or a session gathers in weeks is let go.
const AFRESH = 2000;
const clock = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "short" });
const hour = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function begin() {
  const wall = { send: () => {}, answered: Date.now(), looked: 0, every: 20000, turns: 0, shown: null, server: null, timer: 0, leaving: 0, drawn: null };
  const host = document.createElement("div");
  host.id = "wall";
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${LOOK}</style>${FRAME}`;
  const part = (name) => root.querySelector(name);
  const stage = part(".stage");

  const fit = () => {
    const scale = Math.min(innerWidth / 1920, innerHeight / 1080);
    stage.style.transform = `scale(${scale}) translate(-50%, -50%)`;
  };
  addEventListener("resize", fit);

  const put = (name, words) => { const spot = part(name); if (spot.textContent !== words) spot.textContent = words; };

  const ask = () => {
    clearTimeout(wall.timer);
    wall.timer = setTimeout(ask, Math.max(wall.every, 10000));
    try { wall.send(wall.shown + 1); } catch { /* asked again at the next turn */ }
  };

  // Only when the server answers: a browser that asks in vain ends on a page of its own.
  const again = async () => {
    if (Date.now() - wall.looked < LOOK_AGAIN) return;
    wall.looked = Date.now();
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(), LOOK_AGAIN);
    try {
      const answer = await fetch("/_stcore/health", { cache: "no-store", signal: given.signal });
      if (answer.ok) location.reload();
    } catch { /* not there yet */ } finally { clearTimeout(timer); }
  };

  const late = () => Date.now() - wall.answered - (host.isConnected ? wall.every : 0);
  // Whoever is signing in is not disturbed.
  const alone = () => !document.querySelector('input[type="password"]');

  const tick = () => {
    const now = new Date();
    put("time", `${clock.format(now)}  ${hour.format(now)}`);
    if (host.isConnected && late() > LATE) put(".fault", `连接中断，正在重新连接。显示的是 ${hour.format(wall.drawn ?? now)} 的数据`);
    if (late() > LOST && alone()) again();
  };
  setInterval(tick, 1000);

  wall.take = (data) => {
    clearTimeout(wall.leaving);
    if (wall.server !== null && wall.server !== data.server) { location.reload(); return; }
    wall.server = data.server;
    if (!host.isConnected) { document.body.append(host); fit(); }
    if (data.stamp === wall.stamp) return;
    wall.stamp = data.stamp;
    wall.turns += 1;
    if (wall.turns > AFRESH && alone()) again();
    wall.answered = Date.now();
    wall.every = data.every * 1000;
    wall.shown = data.turn;
    if (data.page !== undefined) {
      wall.drawn = new Date();
      put("h1", data.title);
      put("header .told", data.about);
      // Every word of it was escaped where it was written.
      part("main").innerHTML = `<div class="page">${data.page}</div>`;
    }
    const since = wall.drawn ? `。显示的是 ${hour.format(wall.drawn)} 的数据` : "";
    put(".fault", data.fault ? `${data.fault.replace(/。$/, "")}${since}` : "");
    const dots = part(".dots");
    while (dots.childElementCount < data.count) dots.append(document.createElement("i"));
    [...dots.children].forEach((dot, place) => dot.classList.toggle("on", place === data.turn % data.count));
    document.documentElement.dataset.wall = data.turn;
    tick();
    clearTimeout(wall.timer);
    wall.timer = setTimeout(ask, wall.every);
  };

  // What is told to be wrong, for whoever measures.
  wall.fault = () => part(".fault").textContent;

  // What stands under the wall is for people: a sign-in, a message. The wall comes back by itself.
  wall.leave = () => {
    clearTimeout(wall.leaving);
    wall.leaving = setTimeout(() => { clearTimeout(wall.timer); host.remove(); wall.stamp = null; }, 1500);
  };
  return wall;
}

export default function ({ data, setStateValue }) {
  const wall = window.cockpitWall ??= begin();
  if (data.watch) return;
  wall.send = (turn) => setStateValue("turn", turn);
  wall.take(data);
  return wall.leave;
}
