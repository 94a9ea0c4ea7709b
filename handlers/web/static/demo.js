// The demo's phones: draws what /demo/events tells, posts what is typed. No framework, nothing from elsewhere.
"use strict";

const { base, zone, tag, words: rawWords } = document.body.dataset;
const words = JSON.parse(rawWords);
const told = document.getElementById("told");
const seen = new Map(); // "phone/id" -> its bubble

const shortTime = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", timeZone: zone });
const longTime = new Intl.DateTimeFormat(tag, {
  weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone,
});

// ---------------------------------------------------------------- small helpers

function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

async function post(what, body) {
  const answer = await fetch(`${base}/demo/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (!answer?.ok) told.textContent = words.lost;
  return Boolean(answer?.ok);
}

// Only what the program itself wrote as an address becomes a link; everything else stays text.
function linked(text) {
  const parts = document.createDocumentFragment();
  for (const part of text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)) {
    if (/^https?:\/\//.test(part)) {
      const link = element("a", "", part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      parts.append(link);
    } else if (part) {
      parts.append(part.replace(/ ([?!:;»])/g, "\u00a0$1")); // French signs do not begin a line
    }
  }
  return parts;
}

// ---------------------------------------------------------------- one phone at a time, on a small screen

function show(name) {
  for (const section of document.querySelectorAll("main > section")) section.classList.toggle("shown", section.id === name);
  for (const button of document.querySelectorAll("[data-show]")) {
    if (button.dataset.show === name) {
      button.setAttribute("aria-current", "true");
      button.classList.remove("fresh");
    } else {
      button.removeAttribute("aria-current");
    }
  }
  const talk = document.querySelector(`#${name} [role=log]`);
  talk.scrollTop = talk.scrollHeight;
}

function markFresh(name) {
  const button = document.querySelector(`[data-show="${name}"]`);
  if (!button.hasAttribute("aria-current")) button.classList.add("fresh");
}

// ---------------------------------------------------------------- bubbles

const TICKS = { sending: "…", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };

function drawBubble(data) {
  const talk = document.querySelector(`#${data.phone} .talk`);
  const key = `${data.phone}/${data.id}`;
  const old = seen.get(key);
  if (old && data.from === "me") return drawTick(old, data.status);
  if (!old) document.querySelector(`#${data.phone} .sheet`)?.remove(); // what it offered is not the last word any more
  const row = element("div", `row ${data.from}`);
  const bubble = element("div", "bubble");
  bubble.append(element("span", "unseen", `${data.from === "me" ? words.me : words.us} : `));
  if (data.owner) bubble.append(element("span", "owner", fill(words.to, { name: data.owner })));
  const text = element("p");
  text.append(linked(data.text));
  const foot = element("span", "foot", shortTime.format(new Date(data.at)));
  if (data.from === "me") foot.append(element("span", "tick"));
  bubble.append(text, foot);
  row.append(bubble);
  if (data.buttons.length) row.append(drawButtons(data));
  const focused = old?.contains(document.activeElement);
  if (old) old.replaceWith(row);
  else talk.append(row);
  if (focused) rest(row); // the button that was pressed is gone
  seen.set(key, row);
  if (!old) {
    row.classList.add("new"); // taken off again, or every change of screen would fade the whole talk in
    row.addEventListener("animationend", () => row.classList.remove("new"), { once: true });
  }
  if (data.from === "me") drawTick(row, data.status);
  if (!old) {
    talk.querySelector(".begin")?.remove();
    talk.scrollTop = talk.scrollHeight;
    if (data.from === "us") markFresh(data.phone);
  }
}

function drawTick(row, status) {
  const tick = row.querySelector(".tick");
  tick.className = `tick ${status}`;
  tick.replaceChildren(element("span", "", TICKS[status]), element("span", "unseen", words[status]));
  tick.firstChild.setAttribute("aria-hidden", "true");
  tick.title = words[status];
}

function drawButtons(data) {
  const box = element("div", "buttons");
  if (data.opens) { // WhatsApp's list: one button, and behind it a sheet with all its lines
    const made = element("button", "key opens", data.opens);
    made.type = "button";
    made.setAttribute("aria-haspopup", "dialog");
    made.addEventListener("click", () => openSheet(data, made));
    box.append(made);
    return box;
  }
  data.buttons.forEach((button, index) => {
    if (button.url) {
      const link = element("a", "key", button.label);
      link.href = /^https?:\/\//.test(button.url) ? button.url : "#";
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      box.append(link);
      return;
    }
    const made = element("button", "key", button.label);
    made.type = "button";
    made.addEventListener("click", () => post("press", { phone: data.phone, message: data.id, number: index + 1 }));
    box.append(made);
  });
  return box;
}

// Over the phone's screen, from below; one at a time. Closed, the keyboard is back where it was opened.
function openSheet(data, opener) {
  const screen = opener.closest(".case");
  screen.querySelector(".sheet")?.remove();
  const sheet = element("dialog", "sheet");
  const close = () => { sheet.remove(); opener.focus({ preventScroll: true }); };
  const title = element("p", "title", data.opens);
  title.id = `sheet-${data.phone}`;
  sheet.setAttribute("aria-labelledby", title.id);
  const shut = element("button", "shut", "×");
  shut.type = "button";
  shut.setAttribute("aria-label", words.close);
  shut.addEventListener("click", close);
  const lines = element("div", "lines");
  lines.append(
    ...data.buttons.map((button, index) => {
      const line = element("button", "line");
      const said = element("span", "", button.label);
      if (button.under) said.append(" ", element("small", "", button.under));
      line.append(said);
      line.type = "button";
      line.addEventListener("click", () => {
        close();
        post("press", { phone: data.phone, message: data.id, number: index + 1 });
      });
      return line;
    }),
  );
  sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  sheet.append(title, shut, lines);
  screen.append(sheet);
  sheet.show();
  lines.firstChild.focus({ preventScroll: true });
}

// Where the keyboard stays when what it stood on is gone: the next Tab goes on from here, not from the top of the page.
function rest(row) {
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}

function drawKeys({ phone, keys }) {
  const box = document.querySelector(`#${phone} .keys`);
  const focused = box.contains(document.activeElement);
  box.replaceChildren(
    ...keys.map((key) => {
      const made = element("button", "key", key.label);
      made.type = "button";
      made.addEventListener("click", () =>
        key.kind === "contact" ? post("contact", { phone }) : post("say", { phone, text: key.label }),
      );
      return made;
    }),
  );
  if (focused) rest(document.querySelector(`#${phone} .talk`).lastElementChild);
}

function drawMail(data) {
  const list = document.querySelector("#mail .list");
  list.querySelector(".begin")?.remove();
  const mail = element("article", "letter");
  const head = element("h3", "", data.subject);
  const to = element("p", "soft", `${data.to} · ${longTime.format(new Date(data.at))}`);
  const text = element("p", "body");
  text.append(linked(data.text.trim()));
  mail.append(head, to, text);
  list.prepend(mail);
  markFresh("mail");
}

// ---------------------------------------------------------------- calls

const ACTS = { ringing: ["answer", "refuse"], asked: ["1", "2", "hang_up"], listening: ["hang_up"], talking: ["hang_up"] };
const telephone = (number) => number.replace(/^\+33/, "0").replace(/(\d\d)(?=\d)/g, "$1 ");

function drawCall({ phone, owner, state, from, words: said }) {
  const box = document.querySelector(`#${phone} .ring`);
  const focused = box.contains(document.activeElement);
  box.hidden = state === "over";
  box.className = `ring ${state}`;
  if (box.hidden) {
    box.replaceChildren();
    return;
  }
  const title = element("p", "who", fill(words[state], { number: telephone(from) }));
  if (phone === "worker") title.prepend(element("span", "owner", fill(words.to, { name: owner })));
  const buttons = element("div", "acts");
  for (const act of ACTS[state]) {
    const made = element("button", `act ${act}`, words[act] ?? fill(words.key, { key: act }));
    made.type = "button";
    made.addEventListener("click", () => post("call", { phone, act }));
    buttons.append(made);
  }
  box.replaceChildren(title, ...said.map((each) => element("p", "said", each)), buttons);
  if (focused) buttons.firstChild.focus();
  markFresh(phone);
}

// ---------------------------------------------------------------- the clock

let ahead = 0;

function setClock({ now }) {
  ahead = new Date(now) - Date.now();
  showClock();
}

function showClock() {
  const now = new Date(Date.now() + ahead);
  const shown = document.getElementById("now");
  shown.textContent = longTime.format(now);
  shown.dateTime = now.toISOString();
  for (const bar of document.querySelectorAll(".bar .time")) bar.textContent = shortTime.format(now);
}

function tellMove({ now, none, count, phones }) {
  const where = phones.map((name) => document.querySelector(`[data-show="${name}"]`).textContent).join(", ");
  const pattern = none ? words[`none_${none}`] : count ? words.moved : words.nothing;
  told.textContent = fill(pattern, { now: longTime.format(new Date(now)), count, where });
  // These words may have taken room from the phones: what is new stays in sight.
  for (const talk of document.querySelectorAll(".talk")) talk.scrollTop = talk.scrollHeight;
}

// ---------------------------------------------------------------- what the program tells

function forget() {
  seen.clear();
  for (const old of document.querySelectorAll(".row, .letter, .keys > *, .sheet")) old.remove();
  for (const box of document.querySelectorAll(".ring")) box.hidden = true;
}

function listen() {
  const source = new EventSource(`${base}/demo/events`);
  const on = (kind, draw) => source.addEventListener(kind, (event) => draw(JSON.parse(event.data)));
  on("start", forget);
  on("bubble", drawBubble);
  on("keys", drawKeys);
  on("mail", drawMail);
  on("call", drawCall);
  on("clock", setClock);
  on("moved", tellMove);
  source.addEventListener("error", () => { told.textContent = words.lost; });
  source.addEventListener("open", () => { if (told.textContent === words.lost) told.textContent = ""; });
  setInterval(showClock, 5000);
}

// ---------------------------------------------------------------- what is done on the page

for (const form of document.querySelectorAll(".phone form")) {
  const box = form.elements.text;
  const grow = () => { box.style.height = "auto"; box.style.height = `${Math.min(box.scrollHeight, 110)}px`; };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    grow();
    if (!(await post("say", { phone: form.closest("section").id, text }))) box.value = text;
  });
}

for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));

for (const button of document.querySelectorAll("[data-move]")) {
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    await post("clock", { move: button.dataset.move });
    button.removeAttribute("aria-busy");
  });
}

document.getElementById("copy").addEventListener("click", async () => {
  const code = document.getElementById("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    told.textContent = words.copied;
  } catch {
    getSelection().selectAllChildren(code); // no permission: at least it is marked, ready to be copied
  }
});

listen();
