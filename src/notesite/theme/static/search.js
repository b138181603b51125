// Finds notes. On the search page its <search> works at once; elsewhere the same element comes in a dialog.
//
// The index is a folder of JSON files (outputs/search.py): `words/N.json` says in which notes each gram stands,
// `notes/G-N.json` what is shown of a few notes. fold, words, signs and pairs say what markdown/grams.py says.

// --- Grams -----------------------------------------------------------------------------------------------------------

const LONGEST = 40, STEM = 3;
const UNSPACED =
  "々〆〇ー\\u0e01-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u3041-\\u3096\\u309d\\u309e\\u31f0-\\u31ff" +
  "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{323af}";
const RUN = new RegExp(`([${UNSPACED}]+)`, "u");
const RUNS = new RegExp(RUN, "gu");
const WORD = /[\p{L}\p{N}]+/gu;
const BARS = /\\(?:mid|[lr]?vert|parallel)(?![a-z])|(?:\\?[|‖∥∣])+/g;
const UNSEEN = /\\(?:left|right|q?quad)(?![a-z])|\\[,;:! ]|[{}$&~]/g;
const SIGN = /\\[a-z]+|[\p{L}\p{N}]+|[^\p{L}\p{N}\s\\\x00-\x1f\x7f-\x9f]/gu;

export function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "")
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/ß/g, "ss").replace(/ς/g, "σ").replace(/−/g, "-").normalize("NFC");
}

export function words(text) {
  return text.split(RUN).flatMap((piece, index) => {
    if (index % 2 === 0) return (piece.match(WORD) || []).map((word) => [...word].slice(0, LONGEST).join(""));
    const letters = [...piece];
    return letters.length > 1 ? letters.slice(1).map((letter, place) => letters[place] + letter) : letters;
  });
}

export function signs(text) {
  return text.replace(RUNS, " ").replace(BARS, "|").replace(UNSEEN, " ").match(SIGN) || [];
}

export function pairs(found) {
  return found.slice(1).map((sign, place) => `${found[place]} ${sign}`);
}

export function shardOf(gram, count) {
  let sum = -1; // CRC-32
  for (const byte of new TextEncoder().encode(gram.includes(" ") ? gram : [...gram].slice(0, STEM).join(""))) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 && 0xedb88320);
  }
  return ((sum ^ -1) >>> 0) % count;
}

// --- The index -------------------------------------------------------------------------------------------------------

const WEIGHTS = { "!": 16, "@": 8, "#": 4, "+": 2 }; // in the title, as a tag, in a heading, often; at all: 1
const PREFIX = 0.5; // what a word counts that only begins as the query says
const SPREAD = 4096; // more than a group has notes

export class Index {
  constructor(folder) {
    this.folder = folder;
    this.files = new Map();
  }

  read(path) {
    if (!this.files.has(path)) {
      const answer = fetch(this.folder + path, { cache: "no-cache" }).then((found) => {
        if (!found.ok) throw new Error(`${found.status} ${found.url}`);
        return found.json();
      });
      answer.catch(() => this.files.delete(path)); // it is asked for again
      this.files.set(path, answer);
    }
    return this.files.get(path);
  }

  // The notes that hold all parts of the query, the best first, then the newest.
  async find(query) {
    this.head = await this.read("index.json");
    const parts = fold(query).replace(BARS, "|").split(/\s+/).filter((part) => words(part).length || signs(part).length > 1);
    const found = await Promise.all(parts.map((part) => this.holding(part)));
    if (!found.length) return [];
    found.sort((a, b) => a.size - b.size);
    const hits = [];
    for (const [note, first] of found[0]) {
      let score = first;
      for (const other of found.slice(1)) score += other.get(note) ?? -Infinity;
      if (score > 0) hits.push({ group: Math.floor(note / SPREAD), place: note % SPREAD, score });
    }
    return hits.sort((a, b) => b.score - a.score || b.place - a.place || a.group - b.group);
  }

  // note -> score, of one part of a query. What looks like a formula or code is that first, else words.
  async holding(part) {
    if (/[^\p{L}\p{N}]/u.test(part)) {
      const found = signs(part);
      const exact = await this.all(found.length > 1 ? pairs(found) : found.filter((sign) => sign[0] === "\\"));
      if (exact.size) return exact;
    }
    return this.all(words(part));
  }

  // The notes that hold all these grams: their worst place counts, and rare grams more than common ones.
  async all(grams) {
    const found = await Promise.all([...new Set(grams)].map((gram) => this.notes(gram)));
    if (!found.length) return new Map();
    const rarity = found.reduce((sum, notes) => sum + Math.log(1 + this.head.notes / (notes.size || 1)), 0);
    found.sort((a, b) => a.size - b.size);
    const all = new Map();
    for (const note of found[0].keys()) {
      const worst = Math.min(...found.map((notes) => notes.get(note) ?? 0));
      if (worst) all.set(note, worst * rarity / found.length);
    }
    return all;
  }

  // note -> weight, of one gram; of a word also where it begins another.
  async notes(gram) {
    const shard = await this.read(`words/${shardOf(gram, this.head.shards)}.json`);
    const found = new Map();
    const add = (postings, factor) => {
      for (const [, group, notes] of postings.matchAll(/(\d+)(\D+)/g)) {
        for (const [, mark, letter] of notes.matchAll(/([!@#+]?)(.)/gs)) {
          const code = letter.charCodeAt(0);
          const note = group * SPREAD + code - (code < 0x7f ? 0x41 : 0x63);
          const weight = (WEIGHTS[mark] || 1) * factor;
          if (weight > (found.get(note) || 0)) found.set(note, weight);
        }
      }
    };
    if (Object.hasOwn(shard, gram)) add(shard[gram], 1);
    if ([...gram].length >= STEM && !gram.includes(" ")) {
      for (const other in shard) {
        if (other !== gram && other.startsWith(gram) && !other.includes(" ")) add(shard[other], PREFIX);
      }
    }
    return found;
  }

  // [url, title, lang, passages] of a note that was found.
  async note({ group, place }) {
    const { shown } = this.head;
    return (await this.read(`notes/${group}-${Math.floor(place / shown)}.json`))[place % shown];
  }
}

// --- What is shown of a note -----------------------------------------------------------------------------------------

const FORMULA = /\ufff9([^\ufffa\ufffb]*)\ufffa?([^\ufffb]*)\ufffb/g;
const BEFORE = 40, BEHIND = 150; // half-width columns around the first place
const LETTER = /[\p{L}\p{N}]/u;
const isSpaced = (letter = "") => LETTER.test(letter) && !RUN.test(letter);
const columns = (letter) => (RUN.test(letter) ? 2 : 1);

// A text to search in. `formulas` are [start, end, TeX].
class Passage {
  constructor(annotated, id = "", heading = "") {
    Object.assign(this, { id, heading, text: "", formulas: [] });
    let end = 0;
    for (const { 0: whole, 1: shown, 2: tex, index } of annotated.matchAll(FORMULA)) {
      this.text += annotated.slice(end, index);
      this.formulas.push([this.text.length, this.text.length + shown.length, tex]);
      this.text += shown;
      end = index + whole.length;
    }
    this.text += annotated.slice(end);
    this.folded = fold(this.text);
    this.at = (place) => place;
    if (this.folded.length !== this.text.length) this.unfold();
  }

  unfold() { // letter by letter, to know where each came from
    const origins = [];
    this.folded = "";
    for (const { 0: letter, index } of this.text.matchAll(/.[\p{M}ﾞﾟ]*/gsu)) {
      const plain = fold(letter);
      for (let unit = 0; unit < plain.length; unit++) origins.push(index);
      this.folded += plain;
    }
    this.at = (place) => origins[place] ?? this.text.length;
  }

  // [start, end] of each place of a part of the query: words where they begin, formulas whole.
  places(part) {
    const found = [];
    for (let start = this.folded.indexOf(part); start >= 0; start = this.folded.indexOf(part, start + part.length)) {
      if (isSpaced(part[0]) && isSpaced(this.folded[start - 1])) continue;
      found.push([this.at(start), this.at(start + part.length)]);
    }
    const wanted = signs(part);
    if (wanted.length < 2 && part[0] !== "\\") return found;
    const phrase = (text) => ` ${signs(fold(text)).join(" ")} `;
    const same = (text) => phrase(text).includes(` ${wanted.join(" ")} `);
    for (const [start, end, tex] of this.formulas) {
      const marked = found.some(([from]) => start <= from && from < end);
      if (!marked && (same(this.text.slice(start, end)) || same(tex))) found.push([start, end]);
    }
    return found.sort((a, b) => a[0] - b[0]);
  }

  // Where to begin and end around a place: neither in a formula nor in a word.
  around([first, last]) {
    const { text } = this;
    let from = first, to = last, left = BEFORE;
    while (from > 0 && (left -= columns(text[from - 1])) >= 0) from -= 1;
    left += BEHIND + (from ? 0 : BEFORE);
    while (to < text.length && (left -= columns(text[to])) >= 0) to += 1;
    while (from > 0 && from < first && isSpaced(text[from]) && isSpaced(text[from - 1])) from += 1;
    while (to < text.length && to > last && isSpaced(text[to]) && isSpaced(text[to - 1])) to -= 1;
    for (const [start, end] of this.formulas) {
      if (start < from && from < end) from = start;
      if (start < to && to < end) to = end;
    }
    return [from, to];
  }

  // The text from one place to another, in `element`, with <mark> around what was looked for.
  show(element, parts, from = 0, to = this.text.length) {
    const found = parts.flatMap((part) => this.places(part)).sort((a, b) => a[0] - b[0]);
    let end = from;
    if (from) element.append("… ");
    for (const [start, stop] of found) {
      if (stop <= end || start >= to) continue;
      const mark = document.createElement("mark");
      mark.textContent = this.text.slice(Math.max(start, end), stop);
      element.append(this.text.slice(end, Math.max(start, end)), mark);
      end = stop;
    }
    element.append(this.text.slice(end, Math.max(to, end)));
    if (to < this.text.length) element.append(" …");
    return element;
  }
}

// What to mark: the parts of a query as they stand, or where none does, the words in them.
function wanted(parts, texts) {
  const there = (part) => texts.some((text) => text.places(part).length);
  return parts.flatMap((part) => (there(part) ? [part] : part.split(RUN).flatMap((run) => run.match(WORD) || [])));
}

function shown(link, [url, title, lang, passages], root, query) {
  const head = new Passage(title);
  const texts = passages.map(([id, heading, text]) => new Passage(text, id, heading));
  const parts = wanted(fold(query).split(/\s+/).filter(Boolean), [head, ...texts]);
  const count = (text) => parts.filter((part) => text.places(part).length).length;
  const counts = texts.map((text) => count(text) + (count(new Passage(text.heading)) ? 0.5 : 0));
  const text = texts[Math.max(counts.indexOf(Math.max(...counts)), 0)] || new Passage("");
  const places = parts.map((part) => text.places(part)[0]).filter(Boolean).sort((a, b) => a[0] - b[0]);
  const add = (name, className) => {
    const element = document.createElement(name);
    element.className = className;
    link.append(element);
    return element;
  };
  link.href = root + url.slice(1) + (text.id && counts.some(Boolean) ? `#${encodeURIComponent(text.id)}` : "");
  link.lang = lang;
  head.show(add("span", "found-title"), parts);
  if (text.heading && counts.some(Boolean)) new Passage(text.heading).show(add("span", "found-heading"), parts);
  text.show(add("span", "found-context"), parts, ...text.around(places[0] || [0, 0]));
}

// --- The element -----------------------------------------------------------------------------------------------------

const MORE = 10; // results that are shown at a time

// Makes a <search> element work: what is typed is looked for at once, but not while an IME composes it.
function start(element, { remembered }) {
  const { root, index, found, none, failed } = element.dataset;
  const [form, input, status, list, more] = ["form", "input", "[role=status]", "ol", ".more"]
    .map((selector) => element.querySelector(selector));
  const notes = new Index(index);
  let hits = [], asked = "", answered = Promise.resolve();

  function look() {
    const query = input.value.trim().normalize("NFC");
    if (query !== asked) answered = answer(asked = query);
    return answered;
  }

  async function answer(query) {
    if (remembered) history.replaceState(history.state, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    try {
      const all = query ? await notes.find(query) : [];
      const first = await entries(all.slice(0, MORE), query);
      if (query !== asked) return; // something else was typed meanwhile
      hits = all;
      list.replaceChildren(...first);
      status.textContent = !query ? "" : hits.length ? found.replace("{n}", hits.length) : none.replace("{q}", query);
    } catch {
      if (query !== asked) return;
      hits = [];
      asked = null; // it can be asked for again
      list.replaceChildren();
      status.textContent = failed;
    }
    more.hidden = hits.length <= list.children.length;
  }

  async function entries(some, query) {
    return (await Promise.all(some.map((hit) => notes.note(hit)))).filter(Boolean).map((note) => {
      const item = document.createElement("li");
      item.append(document.createElement("a"));
      shown(item.firstChild, note, root, query);
      return item;
    });
  }

  function step(event) {
    const links = [...list.querySelectorAll("a")];
    const place = links.indexOf(document.activeElement) + { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || Number.isNaN(place) || place < -1 || place >= links.length) return;
    event.preventDefault();
    (place < 0 ? input : links[place]).focus();
  }

  input.addEventListener("input", (event) => event.isComposing || look());
  input.addEventListener("compositionend", look);
  element.addEventListener("keydown", step);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await look();
    if (!remembered) list.querySelector("a")?.click();
  });
  more.addEventListener("click", async () => {
    const count = list.children.length, query = asked;
    const next = await entries(hits.slice(count, count + MORE), query);
    if (query !== asked) return;
    list.append(...next);
    more.hidden = hits.length <= list.children.length;
    next[0]?.firstChild.focus();
  });
  look();
  return input;
}

let dialog, input;

// Opens the search: in a dialog, but on the search page itself. `link` leads to that page.
export async function open(link) {
  if (page) return input.focus();
  if (!dialog) {
    const [style, answer] = [document.createElement("link"), await fetch(link.href)];
    if (!answer.ok) throw new Error(answer.status);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main search");
    const loaded = new Promise((resolve) => { style.onload = style.onerror = resolve; });
    document.head.append(Object.assign(style, { rel: "stylesheet", href: link.dataset.style }));
    await loaded;
    dialog = document.createElement("dialog");
    dialog.className = "search-dialog";
    dialog.setAttribute("aria-label", link.textContent.trim());
    dialog.append(document.adoptNode(found));
    document.body.append(dialog);
    dialog.addEventListener("click", ({ target }) => { if (target === dialog || target.closest("a, .close")) dialog.close(); });
    dialog.addEventListener("keydown", (event) => { // else a field that is not empty is only emptied
      if (event.key === "Escape" && !event.isComposing) dialog.close();
    });
    input = start(found, { remembered: false });
  }
  if (!dialog.open) dialog.showModal();
  input.select();
}

const page = globalThis.document?.querySelector("main search");
if (page) {
  page.querySelector("input").value = new URLSearchParams(location.search).get("q") || "";
  input = start(page, { remembered: true });
}
