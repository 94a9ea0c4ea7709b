"use strict";

// The demo's room: says every three seconds that this page is open, and shows whether the other one's is.

const seats = document.getElementById("seats");
const told = document.getElementById("told");
const { address, here, away } = seats.dataset;
const mine = address.split("/").pop();

function show(there) {
  for (const [seat, present] of Object.entries(there)) {
    const item = document.getElementById(seat);
    item.classList.toggle("here", present);
    if (seat !== mine) item.querySelector(".state").textContent = present ? here : away;
  }
  const words = Object.values(there).every(Boolean) ? told.dataset.both : told.dataset.alone;
  if (told.textContent !== words) told.textContent = words; // read out when it changes, not every three seconds
}

async function sign() {
  try {
    const answer = await fetch(address, { method: "POST" });
    if (answer.ok) show(await answer.json());
  } catch {
    // the demo was stopped: the next sign will tell
  }
}

sign();
setInterval(sign, 3000);
addEventListener("pagehide", () => navigator.sendBeacon(`${address}/leave`));
