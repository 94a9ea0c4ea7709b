"use strict";

// The waiting room: counts down to the opening of the door, then offers the way in. It never walks in by itself: a
// camera that comes on while the telephone lies on the table startles people. Without scripts the page's link asks again.

const countdown = document.getElementById("countdown");
const enter = document.getElementById("enter");
const ASK_EVERY = 20000; // milliseconds: the hour may have been moved meanwhile, and clocks differ
const began = performance.now(); // the server's figure counts from here, whatever the telephone's own clock says

function open() {
  clearInterval(asking);
  enter.textContent = enter.dataset.open;
  enter.classList.remove("quiet");
  const state = document.getElementById("state");
  state.textContent = state.dataset.open;
  if (countdown) countdown.hidden = true;
}

// "1:04:09", "12:30": hours only where there are some.
function clock(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
}

function tick() {
  const left = Math.ceil(Number(countdown.dataset.left) - (performance.now() - began) / 1000);
  if (left <= 0) {
    ask();
    return;
  }
  countdown.hidden = false;
  countdown.textContent = countdown.dataset.words.replace("{left}", clock(left));
  setTimeout(tick, 1000);
}

// In its time our own address redirects; nothing is followed here, so no room learns of it.
async function ask() {
  try {
    const answer = await fetch(enter.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") open();
    else if (!answer.ok) location.reload(); // moved or cancelled: the page says so
  } catch {
    // away for a moment: asked again
  }
}

const asking = setInterval(ask, ASK_EVERY);
if (countdown) tick();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
