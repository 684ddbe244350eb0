// Forms of people outside: one tap is one sending, and what was typed outlives a lost signal.
"use strict";

const DRAFT = "tapline:draft:";
const fields = (form) =>
  [...form.elements].filter((one) => one.name && one.name !== "csrf" && !["file", "submit", "button"].includes(one.type));

function remember(form) {
  const kept = fields(form).map((one) => [one.name, one.value, one.checked === true]);
  try {
    localStorage.setItem(DRAFT + form.dataset.draft, JSON.stringify(kept));
  } catch {
    // A phone that keeps nothing loses nothing that it had.
  }
}

function forget(form) {
  try {
    localStorage.removeItem(DRAFT + form.dataset.draft);
  } catch {
    // Nothing was kept.
  }
}

// The hidden key comes back as well: what was sent and not answered is the same when sent again.
function restore(form) {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(DRAFT + form.dataset.draft) ?? "null");
  } catch {
    return;
  }
  const own = fields(form);
  if (!Array.isArray(kept) || kept.length !== own.length) return;
  own.forEach((one, at) => {
    const [name, value, checked] = kept[at];
    if (one.name !== name) return;
    if (["radio", "checkbox"].includes(one.type)) one.checked = checked && one.value === value;
    else one.value = value;
  });
}

function say(form, text) {
  const place = form.querySelector("[data-said]");
  if (place) {
    place.textContent = text;
    place.hidden = !text;
  }
}

async function send(event) {
  const form = event.currentTarget;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  say(form, "");
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected || answer.ok) {
      // Who has to sign in again finds what he wrote when he comes back.
      if (!new URL(answer.url).pathname.startsWith("/sign-in")) forget(form);
      location.assign(answer.url);
      return;
    }
    show(await answer.text());
  } catch {
    say(form, form.dataset.lost);
  } finally {
    delete form.dataset.sending;
  }
}

// Refused: the page says why, and what was typed stands in it again.
function show(page) {
  const next = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  if (!next) return location.reload();
  document.querySelector("main").replaceWith(next);
  begin();
  window.scrollTo(0, 0);
}

async function scan(button) {
  // Touched again: it looks no longer.
  if (button.nextElementSibling?.matches(".scanner")) return button.nextElementSibling.remove();
  const target = document.getElementById(button.dataset.scan);
  const video = document.createElement("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.playsInline = true;
  video.className = "scanner";
  video.srcObject = stream;
  button.after(video);
  await video.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    const [found] = await detector.detect(video).catch(() => []);
    if (!found && video.isConnected) return requestAnimationFrame(look);
    stream.getTracks().forEach((track) => track.stop());
    video.remove();
    if (!found) return;
    target.value = found.rawValue;
    target.form.requestSubmit();
  };
  look();
}

function begin() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.addEventListener("input", () => remember(form));
    form.addEventListener("submit", send);
  }
  const canScan = "BarcodeDetector" in window && navigator.mediaDevices;
  for (const button of document.querySelectorAll("[data-scan]")) {
    button.hidden = !canScan;
    button.addEventListener("click", () => scan(button).catch(() => button.remove()));
  }
}

begin();
