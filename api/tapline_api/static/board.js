// Keeps the board fresh for weeks: fetches itself anew, and says so when it cannot.
"use strict";

const EVERY_MS = 10_000;
const STALE_MS = 60_000;
const board = document.getElementById("board");
const version = board.dataset.version;

async function refresh() {
  try {
    const answer = await fetch(board.dataset.source, { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
    if (!answer.ok) return;
    if (answer.headers.get("X-Tapline-Version") !== version) return location.reload();
    board.innerHTML = await answer.text();
  } catch {
    // The age says what there is to say; the next turn tries again.
  } finally {
    tell();
  }
}

function tell() {
  const sheet = board.querySelector("[data-read-at]");
  const age_ms = Date.now() - Date.parse(sheet.dataset.readAt);
  document.body.classList.toggle("is-stale", age_ms > STALE_MS);
  document.getElementById("stale-age").textContent = String(Math.max(1, Math.round(age_ms / 60_000)));
}

setInterval(refresh, EVERY_MS);
setInterval(tell, 1_000);
