// Fetches the cookie of a sign-in: the answer sets it, this script never sees what it holds.

export default function ({ data }) {
  window.cockpitTickets ??= new Set();
  if (window.cockpitTickets.has(data.ticket)) return;
  window.cockpitTickets.add(data.ticket);
  fetch("sign-in", { method: "POST", headers: { "X-Ticket": data.ticket }, credentials: "same-origin" });
}
