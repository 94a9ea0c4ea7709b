// A bar for how far the upload is. Without this script the form is sent as any other; with it, likewise, and the page
// that comes back is shown.
"use strict";

const form = document.getElementById("upload");
const progress = document.getElementById("progress");
const failed = document.getElementById("failed");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const sending = new XMLHttpRequest();
  const button = form.querySelector("button");
  const bar = progress.querySelector("progress");
  const stop = () => {
    progress.hidden = true;
    failed.hidden = false;
    button.disabled = false;
  };
  sending.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) bar.value = Math.round((100 * step.loaded) / step.total);
  });
  // The server sends back to the page with what came of it; the browser follows, and we go where it went.
  sending.addEventListener("load", () => (sending.status === 200 ? location.assign(sending.responseURL) : stop()));
  sending.addEventListener("error", stop);
  sending.open("POST", form.action);
  button.disabled = true;
  failed.hidden = true;
  progress.hidden = false;
  sending.send(new FormData(form));
});
