// The call on a worker's page: while something rings, the part that shows it is asked for again. Without this script
// there is a link that does the same.
"use strict";

const EVERY = 2000; // milliseconds
const PART = "call";

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(PART);
  const old = document.getElementById(PART);
  if (!fresh || !old || fresh.outerHTML === old.dataset.last) return;
  const last = fresh.outerHTML;
  // The sentence stays the same element, so that a screen reader speaks it when it changes.
  const said = document.getElementById("call-state");
  const words = fresh.querySelector("#call-state").textContent;
  if (said.textContent !== words) said.textContent = words;
  fresh.querySelector("#call-state").replaceWith(said);
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  fresh.dataset.last = last;
  if (focused) fresh.querySelector("a, button")?.focus();
}

setInterval(() => {
  if (document.getElementById(PART)?.dataset.live === "yes" && !document.hidden) refresh();
}, EVERY);
