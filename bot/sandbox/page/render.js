// A message of the Bot API as a piece of page. Everything is built from text nodes: nothing sent can become markup.

export const LOCALE = "en-GB";
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
};

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function dayOf(message) {
  return DAY.format(new Date(message.date * 1000));
}

export function plainText(message) {
  if (message.text || message.caption) return message.text || message.caption;
  if (message.photo) return "Photo";
  if (message.document) return `File ${message.document.file_name}`;
  if (message.voice) return "Voice note";
  return message.location ? "Location" : "";
}

// Entities lie inside each other or apart, sorted by offset and then the longer first, so one walk nests them.
function formatted(text, entities, start, end, actions) {
  const parts = [];
  let position = start;
  while (entities.length && entities[0].offset < end) {
    const entity = entities.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > position) parts.push(text.slice(position, entity.offset));
    const from = Math.max(entity.offset, position);
    parts.push(wrapped(entity, text, formatted(text, entities, from, stop, actions), from, stop, actions));
    position = Math.max(position, stop);
    if (BLOCKS.has(entity.type) && text[position] === "\n") position += 1;
  }
  if (position < end) parts.push(text.slice(position, end));
  return parts;
}

function wrapped(entity, text, inner, from, stop, actions) {
  if (entity.type === "bot_command") {
    const command = element("button", { type: "button", className: "link" }, ...inner);
    command.addEventListener("click", () => actions.send(text.slice(from, stop)));
    return command;
  }
  if (entity.type === "text_link" || entity.type === "url") {
    const href = entity.url || text.slice(from, stop);
    return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...inner);
  }
  const made = element(TAGS[entity.type] || "span", {}, ...inner);
  if (entity.type === "spoiler") made.className = "spoiler";
  if (entity.type === "pre") made.tabIndex = 0;
  if (entity.type !== "expandable_blockquote") return made;
  made.className = "folded";
  const more = element("button", { type: "button", className: "link", "aria-expanded": "false" }, "Show more");
  more.addEventListener("click", () => {
    const folded = made.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(!folded));
    more.textContent = folded ? "Show more" : "Show less";
  });
  return element("div", { className: "quote" }, made, more);
}

function words(message, actions) {
  const text = message.text ?? message.caption ?? "";
  const entities = [...(message.entities ?? message.caption_entities ?? [])];
  return element("div", { className: "words" }, ...formatted(text, entities, 0, text.length, actions));
}

function picture(message, actions) {
  const size = message.photo.at(-1);
  const alt = message.caption ? `Picture: ${message.caption.slice(0, 120)}` : "Picture";
  const image = element("img", {
    src: `/sandbox/files/${size.file_id}`, alt, width: size.width, height: size.height,
  });
  const button = element("button", { type: "button", className: "picture", "aria-label": `Enlarge. ${alt}` }, image);
  button.addEventListener("click", () => actions.enlarge(image.src, alt));
  return button;
}

function bytes(count) {
  if (count < 1024) return `${count} B`;
  return count < 1048576 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1048576).toFixed(1)} MB`;
}

function file(message) {
  const { file_id: id, file_name: name, file_size: size } = message.document;
  const lines = element("span", {}, element("b", {}, name), element("small", {}, `${bytes(size)} · Download`));
  const badge = element("span", { className: "badge" }, icon("file"));
  return element("a", { className: "file", href: `/sandbox/files/${id}`, download: name }, badge, lines);
}

function voice(message) {
  const bars = Array.from({ length: 28 }, (_, place) => {
    const bar = element("i");
    bar.className = `h${1 + Math.round(3 * Math.abs(Math.sin(place * 1.7)))}`;
    return bar;
  });
  const seconds = String(message.voice.duration).padStart(2, "0");
  const wave = element("span", { className: "wave", "aria-hidden": "true" }, ...bars);
  const badge = element("span", { className: "badge" }, icon("voice"));
  const lines = element("span", {}, wave, element("small", {}, `Voice note 0:${seconds}`));
  return element("div", { className: "voice" }, badge, lines);
}

function place(message) {
  const { latitude, longitude } = message.location;
  const lines = element("span", {}, element("b", {}, "Location"), element("small", {}, `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`));
  return element("div", { className: "file" }, element("span", { className: "badge" }, icon("place")), lines);
}

function keyboard(message, actions) {
  const rows = message.reply_markup.inline_keyboard.map((row) => element("div", { className: "keys" }, ...row.map((key) => {
    if (key.url) return element("a", { className: "key", href: key.url, target: "_blank", rel: "noopener noreferrer" }, key.text);
    const button = element("button", { type: "button", className: "key" }, element("span", {}, key.text));
    button.dataset.key = key.callback_data ?? "";
    button.addEventListener("click", () => actions.tap(message, key, button));
    return button;
  })));
  return element("div", { className: "keyboard", role: "group", "aria-label": "Answers" }, ...rows);
}

export function bubble(message, actions) {
  const own = !message.from.is_bot;
  const media = message.photo || message.document || message.voice || message.location;
  const body = element("div", { className: message.photo ? "bubble pictured" : "bubble" });
  if (message.photo) body.append(picture(message, actions));
  if (message.document) body.append(file(message));
  if (message.voice) body.append(voice(message));
  if (message.location) body.append(place(message));
  if (!media || message.caption) body.append(words(message, actions));
  const moment = new Date(message.date * 1000);
  const meta = element("span", { className: "meta" });
  if (own && message.text) {
    const edit = element("button", { type: "button", className: "edit", "aria-label": `Edit: ${message.text.slice(0, 40)}` }, icon("edit"));
    edit.addEventListener("click", () => actions.edit(message));
    meta.append(edit);
  }
  if (message.edit_date) meta.append(element("span", {}, "edited"));
  meta.append(element("time", { dateTime: moment.toISOString() }, TIME.format(moment)));
  body.append(meta);
  const item = element("li", { className: own ? "own" : "theirs" }, element("span", { className: "unseen" }, own ? "You: " : "Bot: "), body);
  if (message.reply_markup?.inline_keyboard) item.append(keyboard(message, actions));
  item.dataset.message = message.message_id;
  return item;
}
