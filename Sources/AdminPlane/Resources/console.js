"use strict";
// Light or dark: the system's word counts until somebody says otherwise.
const root = document.documentElement;
const remembered = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;
document.getElementById("theme")?.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* It holds for this page. */ }
});

// A part of the page that the server renders anew every few seconds.
const part = document.querySelector("[data-refresh]");
if (part) {
  const refresh = async () => {
    if (document.hidden || part.contains(document.activeElement) && document.activeElement.matches("a, button")) return;
    try {
      const answer = await fetch(part.dataset.refresh, { credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      part.innerHTML = await answer.text();
      part.classList.remove("stale");
    } catch {
      part.classList.add("stale");
    }
  };
  setInterval(refresh, Number(part.dataset.seconds) * 1000);
}

// Calls as they end, by server-sent events. Everything is put in as text.
const table = document.getElementById("live");
if (table) {
  const body = table.tBodies[0];
  const state = document.getElementById("live-state");
  const filter = document.getElementById("filter");
  const pause = document.getElementById("pause");
  const maximum = 300;
  let paused = false, dropped = 0;

  const cell = (row, text, element) => {
    const td = row.insertCell();
    if (element) { element.textContent = text; td.append(element); } else td.textContent = text;
    return td;
  };
  const pill = (tone) => { const span = document.createElement("span"); span.className = "pill " + tone; return span; };
  const tone = (status) => status === undefined ? "warn" : status < 400 ? "good" : status < 500 ? "warn" : "bad";
  const matches = (row) => !filter.value || row.dataset.text.includes(filter.value.toLowerCase());

  const add = (call) => {
    const row = body.insertRow(0);
    row.className = "new";
    cell(row, new Date().toLocaleTimeString("en-GB"));
    cell(row, call.operation ?? "");
    cell(row, call.caller ?? "", document.createElement("bdi"));
    cell(row, call.abandoned ? "gone" : String(call.status), pill(tone(call.status)));
    cell(row, [call.outcome, call.problem].filter(Boolean).join(" · "));
    cell(row, call.endpoint ?? "", document.createElement("code"));
    cell(row, String(call.duration_ms ?? "")).className = "number";
    cell(row, String(call.divar_ms ?? "")).className = "number";
    cell(row, call.cache ?? "");
    if (call.message_id) {
      const link = document.createElement("a");
      link.href = "/messages/" + encodeURIComponent(call.message_id);
      cell(row, call.message_id.slice(-12), link);
    } else cell(row, "");
    row.dataset.text = JSON.stringify(call).toLowerCase();
    row.hidden = !matches(row);
    while (body.rows.length > maximum) body.deleteRow(-1);
  };

  const say = (text) => { state.textContent = dropped ? text + ", " + dropped + " not shown" : text; };
  const source = new EventSource(table.dataset.stream);
  source.addEventListener("open", () => say("following"));
  source.addEventListener("error", () => say("not connected; trying again"));
  source.addEventListener("call", (event) => { if (!paused) add(JSON.parse(event.data)); });
  source.addEventListener("dropped", (event) => { dropped += Number(event.data); say("following"); });
  filter.addEventListener("input", () => { for (const row of body.rows) row.hidden = !matches(row); });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    say(paused ? "paused" : "following");
  });
  document.getElementById("clear").addEventListener("click", () => { body.replaceChildren(); });
  addEventListener("pagehide", () => source.close());
}
