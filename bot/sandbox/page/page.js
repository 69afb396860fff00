// The chat page: which patient is shown, what the sandbox says happens, and what the visitor does.

import { bubble, dayOf, element, LOCALE, plainText } from "./render.js";

const TYPING_MS = 5000;
const TOAST_MS = 4000;
const QUERY_MS = 15000;
const NEAR_END_PX = 120;
const CITIES = {
  "London": [51.51, -0.13], "New York": [40.71, -74.01], "Delhi": [28.61, 77.21], "Nairobi": [-1.29, 36.82],
  "São Paulo": [-23.55, -46.63], "Sydney": [-33.87, 151.21], "Berlin": [52.52, 13.41], "Manila": [14.6, 120.98],
};
const HUES = [172, 262, 24, 210, 330, 95, 48];
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const ZONE = new Intl.DateTimeFormat(LOCALE, { timeZoneName: "short" });
const SHORT = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const at = (id) => document.getElementById(id);
const state = { people: [], chat: null, messages: new Map(), seen: 0, unread: new Map(), editing: null, commands: [], offset: 0, frozenAt: null, about: "", blocked: false, draft: new Map(), atEnd: true, below: 0, heard: 0, lost: false };
const timers = {};

async function get(path) {
  const response = await fetch(`/sandbox/${path}`);
  if (!response.ok) throw new Error((await response.json()).error);
  return response.json();
}

async function post(path, body = {}) {
  const response = await fetch(`/sandbox/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(typeof answer.error === "string" ? answer.error : "The sandbox did not take that.");
  return answer;
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message || "The sandbox does not answer. Is it still running?");
    return null;
  }
}

const act = (action, body) => attempt(() => post(`chats/${state.chat}/${action}`, body));

const actions = {
  send: (text) => act("text", { text }),
  async tap(message, key, button) {
    button.setAttribute("aria-busy", "true");
    setTimeout(() => button.removeAttribute("aria-busy"), QUERY_MS);
    const done = await act("tap", { button: key.callback_data ?? key.text, message_id: message.message_id });
    if (!done) button.removeAttribute("aria-busy");
  },
  enlarge(source, alt) {
    at("light-picture").src = source;
    at("light-picture").alt = alt;
    at("light").showModal();
  },
  edit(message) {
    state.editing = message.message_id;
    at("editing").hidden = false;
    at("text").value = message.text;
    at("text").focus();
    fit();
  },
};

// The clock

function now() {
  return new Date(state.frozenAt ?? Date.now() + state.offset);
}

function setClock({ now: iso, frozen }) {
  state.frozenAt = frozen ?? state.frozenAt !== null ? Date.parse(iso) : null;
  state.offset = Date.parse(iso) - Date.now();
  tick();
}

function tick() {
  const moment = now();
  at("time").textContent = TIME.format(moment);
  at("time").dateTime = moment.toISOString();
  const zone = ZONE.formatToParts(moment).find((part) => part.type === "timeZoneName").value;
  at("date").textContent = `${DATE.format(moment)}, ${zone}`;
  at("bar-time").textContent = SHORT.format(moment);
}

async function move(button) {
  button.setAttribute("aria-busy", "true");
  const { due, advance } = button.dataset;
  const moved = await attempt(() => post("clock", due ? { due, chat_id: state.chat } : { advance: Number(advance) }));
  button.removeAttribute("aria-busy");
  if (!moved) return;
  setClock(moved);
  announce(`It is now ${DATE.format(now())}, ${TIME.format(now())}.`);
  if (due) closeSide();
}

// People

function showPeople() {
  const rows = state.people.map((person) => {
    const hue = HUES[person.chat_id % HUES.length];
    const face = element("span", { className: "avatar", "aria-hidden": "true" }, person.name.slice(0, 1).toUpperCase());
    face.style.setProperty("--hue", hue);
    const button = element("button", { type: "button" }, face, element("span", { className: "name" }, person.name));
    if (person.chat_id === state.chat) button.setAttribute("aria-current", "true");
    const unread = state.unread.get(person.chat_id);
    if (unread) button.append(element("span", { className: "count", "aria-label": `${unread} new` }, String(unread)));
    button.addEventListener("click", () => { show(person.chat_id); closeSide(); });
    return element("li", {}, button);
  });
  at("people").replaceChildren(...rows);
}

async function show(chat) {
  if (state.chat) state.draft.set(state.chat, at("text").value);
  const open = await attempt(() => get(`chats/${chat}/messages`));
  if (!open) return;
  stopEditing();
  state.chat = chat;
  state.unread.delete(chat);
  state.seen = open.last;
  state.blocked = open.blocked;
  state.messages = new Map(open.messages.map((message) => [message.message_id, message]));
  at("text").value = state.draft.get(chat) ?? "";
  at("as-whom").textContent = open.name;
  at("messages").replaceChildren();
  for (const message of open.messages) append(message);
  showReplyKeyboard(open.reply_keyboard);
  showFoot();
  setTyping(open.typing);
  showPeople();
  fit();
  toEnd();
  sessionStorage.setItem("chat", chat);
}

async function welcome(event) {
  event.preventDefault();
  const name = at("newcomer-name").value.trim();
  if (!name) return;
  const person = await attempt(() => post("users", { name }));
  if (!person) return;
  at("newcomer-name").value = "";
  if (!state.people.some((known) => known.chat_id === person.chat_id)) state.people.push(person);
  await show(person.chat_id);
  closeSide();
  (at("start").hidden ? at("text") : at("start-button")).focus();
}

// Messages

function nearEnd() {
  const { scrollHeight, scrollTop, clientHeight } = at("scroll");
  return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
}

function toEnd() {
  at("scroll").scrollTop = at("scroll").scrollHeight;
  state.atEnd = true;
  showJumpDown();
}

function showJumpDown() {
  if (state.atEnd) state.below = 0;
  at("down").hidden = state.atEnd;
  at("below").textContent = state.below ? String(state.below) : "";
  at("down").setAttribute("aria-label", state.below ? `To the end, ${state.below} new` : "To the end");
}

function append(message) {
  const day = dayOf(message);
  const list = at("messages");
  if (list.dataset.day !== day || !list.children.length) {
    list.append(element("li", { className: "day" }, element("span", {}, day)));
    list.dataset.day = day;
  }
  list.append(bubble(message, actions));
}

function shown(id) {
  return at("messages").querySelector(`[data-message="${id}"]`);
}

function replace(message) {
  const old = shown(message.message_id);
  if (!old) return;
  const stay = nearEnd();
  const held = old.contains(document.activeElement);
  const fresh = bubble(message, actions);
  old.replaceWith(fresh);
  if (held) (fresh.querySelector(".key") ?? at("text")).focus({ preventScroll: true });
  if (stay) toEnd();
}

function announce(text) {
  at("announcer").textContent = text;
}

function setTyping(typing) {
  clearTimeout(timers.typing);
  at("status").textContent = state.lost ? "not connected" : typing ? "typing…" : state.blocked ? "blocked" : "bot";
  at("status").classList.toggle("typing", Boolean(typing));
  if (typing) timers.typing = setTimeout(() => setTyping(false), TYPING_MS);
}

function toast(text) {
  clearTimeout(timers.toast);
  at("toast").textContent = text;
  at("toast").hidden = false;
  timers.toast = setTimeout(() => { at("toast").hidden = true; }, TOAST_MS);
}

function showReplyKeyboard(keyboard) {
  const rows = (keyboard?.keyboard ?? []).map((row) => element("div", { className: "keys" }, ...row.map((key) => {
    const label = key.text ?? key;
    const button = element("button", { type: "button", className: "key" }, element("span", {}, label));
    button.addEventListener("click", () => (key.request_location ? at("place").showModal() : actions.send(label)));
    return button;
  })));
  at("reply-keyboard").replaceChildren(...rows);
  at("reply-keyboard").hidden = state.blocked || !rows.length;
  at("text").placeholder = keyboard?.input_field_placeholder ?? "Message";
}

function showFoot() {
  const fresh = state.messages.size === 0;
  const pressed = document.activeElement === at("start-button");
  at("start").hidden = !fresh && !state.blocked;
  at("composer").hidden = fresh || state.blocked;
  at("reply-keyboard").hidden = state.blocked || !at("reply-keyboard").children.length;
  at("start-button").textContent = state.blocked ? "Unblock" : "Start";
  at("about").textContent = fresh ? state.about || "Tap Start to begin." : "You blocked this bot.";
  if (pressed && at("start").hidden) at("text").focus();
}

// What the sandbox says

const heard = {
  message({ message }) {
    const stay = nearEnd() || !message.from.is_bot;
    state.messages.set(message.message_id, message);
    append(message);
    showFoot();
    if (message.from.is_bot) { setTyping(false); announce(`${at("bot-name").textContent}: ${plainText(message)}`); refreshKeyboard(); }
    if (stay) toEnd();
    else { state.atEnd = false; state.below += 1; showJumpDown(); }
  },
  edited({ message }) {
    state.messages.set(message.message_id, message);
    replace(message);
    if (message.from.is_bot) announce(`${at("bot-name").textContent}: ${plainText(message)}`);
  },
  deleted({ message_id: id }) {
    state.messages.delete(id);
    shown(id)?.remove();
  },
  typing: () => setTyping(true),
  toast({ text, alert }) {
    for (const busy of document.querySelectorAll(".key[aria-busy]")) busy.removeAttribute("aria-busy");
    if (!text) return;
    if (!alert) { toast(text); return; }
    at("alert-text").textContent = text;
    at("alert").showModal();
  },
  blocked() { state.blocked = true; showFoot(); setTyping(false); },
  unblocked() { state.blocked = false; showFoot(); setTyping(false); },
};

async function refreshKeyboard() {
  const open = await attempt(() => get(`chats/${state.chat}/messages`));
  if (open?.chat_id === state.chat) showReplyKeyboard(open.reply_keyboard);
}

function hear(event) {
  state.heard = event.seq;
  if (event.kind === "clock") setClock({ now: event.now });
  else if (event.kind === "commands") setCommands(event.commands);
  else if (event.kind === "person") {
    if (!state.people.some((person) => person.chat_id === event.chat_id)) state.people.push(event);
    showPeople();
  } else if (event.chat_id === state.chat) {
    if (event.seq > state.seen) { state.seen = event.seq; heard[event.kind]?.(event); }
  } else if (event.kind === "message" && event.message.from.is_bot) {
    state.unread.set(event.chat_id, (state.unread.get(event.chat_id) ?? 0) + 1);
    showPeople();
  }
}

// Menus, drawer, composer

function setCommands(commands) {
  state.commands = commands;
  const items = commands.map(({ command, description }) => {
    const item = element("button", { type: "button", role: "menuitem" }, element("b", {}, `/${command}`), element("span", {}, description));
    item.addEventListener("click", () => { closeMenus(); at("text").focus(); actions.send(`/${command}`); });
    return item;
  });
  if (!items.length) items.push(element("p", {}, "The bot has set no commands."));
  at("commands").replaceChildren(...items);
}

function closeMenus() {
  for (const name of ["commands", "attach"]) {
    at(name).hidden = true;
    at(`${name}-button`).setAttribute("aria-expanded", "false");
  }
}

function toggleMenu(name) {
  const opens = at(name).hidden;
  closeMenus();
  at(name).hidden = !opens;
  at(`${name}-button`).setAttribute("aria-expanded", String(opens));
  if (opens) at(name).querySelector("button")?.focus();
}

function walkMenu(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const place = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { items.at((place + step) % items.length)?.focus(); event.preventDefault(); }
  if (event.key === "Escape") { const name = event.currentTarget.id; closeMenus(); at(`${name}-button`).focus(); event.stopPropagation(); }
}

function closeSide() {
  if (!document.body.classList.contains("drawn")) return;
  document.body.classList.remove("drawn");
  at("veil").hidden = true;
  at("open-side").setAttribute("aria-expanded", "false");
  at("open-side").focus();
}

function openSide() {
  document.body.classList.add("drawn");
  at("veil").hidden = false;
  at("open-side").setAttribute("aria-expanded", "true");
  at("close-side").focus();
}

function stopEditing() {
  if (state.editing !== null) at("text").value = "";
  state.editing = null;
  at("editing").hidden = true;
  fit();
}

function fit() {
  const box = at("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
}

async function submit(event) {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) return;
  const editing = state.editing;
  const done = editing === null ? await actions.send(text) : await act("edit", { message_id: editing, text });
  if (!done) return;
  at("text").value = "";
  stopEditing();
  at("text").focus();
}

function attach(action) {
  closeMenus();
  at("text").focus();
  if (action === "location") at("place").showModal();
  else act(action);
}

function setTheme() {
  const { dataset } = document.documentElement;
  const dark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  at("theme").setAttribute("aria-label", dark ? "Light colours" : "Dark colours");
  at("theme").querySelector("use").setAttribute("href", dark ? "#i-sun" : "#i-moon");
  return dark;
}

function wire() {
  at("composer").addEventListener("submit", submit);
  at("newcomer").addEventListener("submit", welcome);
  at("text").addEventListener("input", fit);
  at("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === "Escape") stopEditing();
  });
  at("stop-editing").addEventListener("click", () => { stopEditing(); at("text").focus(); });
  at("start-button").addEventListener("click", () => (state.blocked ? act("unblock") : actions.send("/start")));
  for (const name of ["commands", "attach"]) {
    at(`${name}-button`).addEventListener("click", () => toggleMenu(name));
    at(name).addEventListener("keydown", walkMenu);
  }
  for (const item of at("attach").querySelectorAll("button")) item.addEventListener("click", () => attach(item.dataset.act));
  for (const button of document.querySelectorAll(".jumps button")) button.addEventListener("click", () => move(button));
  at("open-side").addEventListener("click", openSide);
  for (const id of ["close-side", "veil"]) at(id).addEventListener("click", closeSide);
  at("scroll").addEventListener("scroll", () => { state.atEnd = nearEnd(); showJumpDown(); });
  at("down").addEventListener("click", () => { toEnd(); at("text").focus(); });
  const keepEnd = new ResizeObserver(() => { if (state.atEnd) toEnd(); });
  keepEnd.observe(at("scroll"));
  keepEnd.observe(at("messages"));
  at("light").addEventListener("click", () => at("light").close());
  at("city").append(...Object.keys(CITIES).map((city) => element("option", {}, city)));
  at("place").addEventListener("close", () => {
    const [latitude, longitude] = CITIES[at("city").value];
    if (at("place").returnValue === "share") act("location", { latitude, longitude });
    at("place").returnValue = "";
  });
  at("theme").addEventListener("click", () => {
    const theme = setTheme() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    setTheme();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeSide(); });
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu, [aria-haspopup]")) closeMenus(); });
}

// A sandbox that was started anew counts from the beginning again, so what is on the page is of the old one.
async function foundAgain() {
  if (!state.lost) return;
  const { last_event: last } = await get("state");
  if (last < state.heard) location.reload();
  state.lost = false;
  setTyping(false);
}

async function begin() {
  wire();
  setTheme();
  const found = await attempt(() => get("state"));
  if (!found) return;
  state.people = found.users;
  state.about = found.about;
  at("bot-name").textContent = found.bot;
  setClock(found);
  setCommands(found.commands);
  setInterval(tick, 1000);
  if (!state.people.length) state.people = [await post("users", { name: "Alex" })];
  const before = Number(sessionStorage.getItem("chat"));
  await show(state.people.find((person) => person.chat_id === before)?.chat_id ?? state.people[0].chat_id);
  const stream = new EventSource(`/sandbox/stream?since=${found.last_event}`);
  state.heard = found.last_event;
  stream.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  stream.addEventListener("error", () => { state.lost = true; setTyping(false); });
  stream.addEventListener("open", foundAgain);
  document.body.dataset.ready = "true";
}

begin();
