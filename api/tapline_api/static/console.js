// Keys for lists and tickets. The server renders everything; this moves a selection and presses buttons.
"use strict";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
let selected = null; // the row's id: rows are replaced while the page lives

function select(index) {
  const all = rows();
  if (!all.length) return;
  const row = all[Math.max(0, Math.min(index, all.length - 1))];
  selected = row.id;
  showSelection();
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a")?.focus({ preventScroll: true });
}

// A list's items cannot be selected, only be the current one; a table's rows can.
function showSelection() {
  for (const row of rows()) {
    if (row.matches("tr")) row.setAttribute("aria-selected", String(row.id === selected));
    else row.setAttribute("aria-current", String(row.id === selected));
  }
}

const at = () => rows().findIndex((row) => row.id === selected);

// What stands in the row selected comes first: one key, whichever row it is.
function press(key) {
  const own = document.getElementById(selected ?? "")?.querySelector(`[data-key="${key}"]`);
  return own ?? document.querySelector(`[data-key="${key}"]`);
}

function push(act) {
  act.click();
  if (act.matches("summary")) act.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

const keys = {
  j: () => select(at() + 1),
  k: () => select(Math.max(0, at() - 1)),
  "/": () => document.querySelector("[type=search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key] ?? press(event.key.toLowerCase());
  if (!act) return;
  event.preventDefault();
  if (typeof act === "function") act();
  else if (typing(act)) act.focus();
  else push(act);
});

// A sheet of the bar goes when somebody looks elsewhere.
const shut = (besides) => {
  for (const sheet of document.querySelectorAll(".bar details[open]")) {
    if (!sheet.contains(besides)) sheet.open = false;
  }
};
document.addEventListener("click", (event) => shut(event.target));
document.addEventListener("keydown", (event) => event.key === "Escape" && shut(null));

// What was typed survives a reload and a conflict; it goes when it has been sent.
for (const box of document.querySelectorAll("[data-draft]")) {
  const name = `draft:${box.dataset.draft}`;
  box.value ||= sessionStorage.getItem(name) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(name, box.value));
  box.form.addEventListener("submit", () => sessionStorage.removeItem(name));
}

// Words to paste elsewhere. Where the clipboard is not given to us they are selected, to be copied by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = document.getElementById(button.dataset.copy);
  words.select();
  try {
    await navigator.clipboard.writeText(words.value);
    button.textContent = button.dataset.copied;
  } catch { /* selected is what there is */ }
});

// What is left of an offer or a wrap-up, in seconds; the server ends it, this only shows it.
function countDown() {
  for (const place of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(place.dataset.until) - Date.now()) / 1000));
    place.textContent = `${left} s`;
  }
}
setInterval(countDown, 1000);

document.addEventListener("htmx:after:swap", () => { showSelection(); countDown(); });
const offline = (is) => document.body.classList.toggle("is-offline", is);
document.addEventListener("htmx:sse:error", () => offline(true));
document.addEventListener("htmx:sse:after:connection", () => offline(false));
