// A page that `notesite serve` sent keeps up with its note: what changed is exchanged in place, and
// problems are shown over it. No framework; nothing here is ever published.
(function () {
  "use strict";
  const { base, key, since } = document.currentScript.dataset;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // --- The stream ------------------------------------------------------------------------------
  // Only a visible tab holds one: HTTP/1.1 has six connections a host for all tabs together, and a
  // page with an open one cannot wait in the back/forward cache. A tab that comes to the front is
  // told its key at once, and so what it missed.

  const SILENT = 40_000; // ms; the server says something every 15 s, so the stream is dead (sleep)
  let stream = null;
  let heard = 0;
  let failures = 0;
  let last = begun(); // id of the last message, or of when this was sent: what changed since is told

  function connect() {
    if (stream || document.visibilityState !== "visible") return;
    const query = new URLSearchParams({ path: location.pathname, since: last });
    stream = new EventSource(`${base}.notesite/events?${query}`);
    heard = Date.now();
    stream.onmessage = (event) => {
      heard = Date.now();
      failures = 0;
      last = event.lastEventId;
      receive(JSON.parse(event.data));
    };
    stream.addEventListener("ping", () => { heard = Date.now(); });
    stream.onerror = () => { // by ourselves: browsers wait for seconds, and give up on some errors
      disconnect();
      setTimeout(connect, Math.min(250 * 2 ** failures++, 4000));
      if (failures > 2) overlay.lost();
    };
  }
  // A page from the browser's cache bears an old id, and must not load itself anew for ever.
  function begun() {
    try {
      const [before, now] = [sessionStorage.getItem("notesite since") ?? "", since].map((id) => id.split("-"));
      return before[0] === now[0] && Number(before[1]) > Number(now[1]) ? before.join("-") : since;
    } catch { return ""; } // storage is forbidden
  }
  function reload() {
    try { sessionStorage.setItem("notesite since", last); } catch { /* it is forbidden */ }
    location.reload();
  }
  function disconnect() {
    stream?.close();
    stream = null;
  }
  function renew() {
    if (stream && Date.now() - heard > SILENT) disconnect();
    connect();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") renew();
    else disconnect();
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  addEventListener("online", () => { disconnect(); connect(); });
  setInterval(renew, 5000);

  // --- What is told ----------------------------------------------------------------------------

  let shown = key; // of the page as it stands here
  let source = fetched().catch(() => null); // the page as it was sent: scripts change the live one
  let queue = source; // one update after the other

  function receive(message) {
    overlay.show(message);
    queue = queue.then(async () => {
      if (message.key !== shown) await update();
      if (message.changed.length) await refresh(message.changed);
    }).catch(() => {}); // the server is not there, or not ready: its next message tells again
  }

  async function fetched() {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.status === 503) throw new Error("the site is still being read");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { page, key: ours(page)?.dataset.key, moved: answer.redirected };
  }

  async function update() {
    const old = await source;
    const now = await fetched();
    if (now.key === shown) return; // the same page, however its key is called now
    if (!old || old.key !== shown || now.moved || !sameFrame(old.page, now.page)) {
      reload(); // the browser keeps the scroll position
      return;
    }
    await exchangeSheets(old.page, now.page);
    exchangeHead(old.page, now.page);
    const changed = [];
    merge(main(document), main(old.page), main(now.page), changed);
    shown = now.key;
    source = Promise.resolve(now);
    dispatchEvent(new Event("resize")); // themes look again what is too wide
    point(changed);
  }

  const main = (page) => page.querySelector("main");
  const ours = (page) => page.querySelector("script[data-key][src$='.notesite/live.js']");

  // --- The frame: all but <main>, and but what can be exchanged in <head> -----------------------

  const SHEET = "link[rel~=stylesheet]";
  const META = "title, meta:not([http-equiv]), link:not([rel~=stylesheet]), script[type='application/ld+json']";

  function sameFrame(old, now) {
    const scripts = (page) => [...main(page).querySelectorAll("script")].map((script) => script.outerHTML).join();
    return main(old) && main(now) && main(document) && scripts(old) === scripts(now) && frame(old).isEqualNode(frame(now));
  }
  function frame(page) {
    const copy = page.documentElement.cloneNode(true);
    main(copy).replaceChildren();
    ours(copy)?.remove();
    const head = copy.querySelector("head");
    for (const node of [...head.childNodes]) if (!node.matches || node.matches(`${SHEET}, ${META}`)) node.remove();
    return copy;
  }
  function exchangeHead(old, now) {
    if (old.title !== now.title) document.title = now.title;
    const [before, after] = [old, now].map((page) => [...page.head.querySelectorAll(META)]);
    const has = (list, node) => list.some((other) => other.isEqualNode(node));
    for (const node of document.head.querySelectorAll(META)) if (has(before, node) && !has(after, node)) node.remove();
    for (const node of after) if (!has(before, node) && node.localName !== "title") document.head.append(document.importNode(node, true));
  }
  // The new ones are there before the old ones go, so that the page is never bare.
  async function exchangeSheets(old, now) {
    const [before, after] = [old, now].map((page) => [...page.head.querySelectorAll(SHEET)]);
    const live = new Map([...document.head.querySelectorAll(SHEET)].map((link) => [plain(link.href), link]));
    const find = (link) => live.get(plain(new URL(link.getAttribute("href"), document.baseURI)));
    const added = [];
    let place = null;
    for (const link of after) {
      if (before.some((other) => other.isEqualNode(link))) {
        place = find(link) ?? place;
      } else {
        const copy = document.importNode(link);
        const first = document.head.querySelector(SHEET);
        if (place) place.after(copy);
        else if (first) first.before(copy);
        else document.head.append(copy);
        added.push(loaded(copy));
        place = copy;
      }
    }
    await Promise.all(added);
    for (const link of before) if (!after.some((other) => other.isEqualNode(link))) find(link)?.remove();
  }
  const loaded = (link) => new Promise((done) => {
    link.onload = link.onerror = done;
    setTimeout(done, 2000);
  });

  // --- <main>: as few nodes as possible change, the others keep focus, selection, what is open ---
  // `old` and `now` are what the server sent; `live` is what scripts and the reader made of `old`.

  const WHOLE = "svg, math, .katex, video, audio, object, picture";

  function merge(live, old, now, changed) {
    for (const name of new Set([...old.getAttributeNames(), ...now.getAttributeNames()])) {
      const value = now.getAttribute(name);
      if (old.getAttribute(name) === value) continue;
      if (value === null) live.removeAttribute(name);
      else live.setAttribute(name, value);
      changed.push(live);
    }
    const [lives, olds, nows] = [live, old, now].map((node) =>
      [...node.childNodes].filter((child) => !child.dataset || !("added" in child.dataset))); // by a script
    const known = lives.length === olds.length && lives.every((node, i) => node.nodeName === olds[i].nodeName);
    if (!known) { // a script made something else of it, and wants to do so again
      reload();
      return;
    }
    const pairs = paired(olds, nows);
    const kept = new Set(pairs);
    lives.forEach((node, i) => {
      if (kept.has(i)) return;
      changed.push(node.nextElementSibling ?? node.previousElementSibling ?? live);
      node.remove();
    });
    let next = live.firstChild;
    nows.forEach((node, i) => {
      const match = pairs[i];
      if (match < 0) {
        const copy = live.insertBefore(document.importNode(node, true), next);
        if (node.nodeType === 1 || node.data.trim()) changed.push(copy);
        return;
      }
      next = lives[match].nextSibling;
      if (olds[match].isEqualNode(node)) return;
      if (node.nodeType === 1) merge(lives[match], olds[match], node, changed);
      else {
        lives[match].data = node.data;
        changed.push(lives[match]);
      }
    });
  }

  // For each new node the index of the old one that it is, or that becomes it; -1: it is new.
  function paired(olds, nows) {
    const pairs = nows.map(() => -1);
    let [start, oldEnd, nowEnd] = [0, olds.length, nows.length];
    while (start < oldEnd && start < nowEnd && olds[start].isEqualNode(nows[start])) pairs[start] = start++;
    while (oldEnd > start && nowEnd > start && olds[oldEnd - 1].isEqualNode(nows[nowEnd - 1])) pairs[--nowEnd] = --oldEnd;
    for (const [o, n] of common(olds, nows, start, oldEnd, nowEnd)) pairs[n] = o;
    // What is between two that stay is paired in its order, best by its name.
    for (let n = start, from = start; n < nowEnd; n++) {
      if (pairs[n] < 0) {
        const end = pairs.slice(n, nowEnd).find((o) => o >= 0) ?? oldEnd;
        const free = [...olds.keys()].slice(from, end).filter((o) => alike(olds[o], nows[n]));
        pairs[n] = free.find((o) => called(olds[o]) === called(nows[n])) ?? free[0] ?? -1;
      }
      if (pairs[n] >= 0) from = pairs[n] + 1;
    }
    return pairs;
  }
  const alike = (a, b) => a.nodeName === b.nodeName && !(a.matches?.(WHOLE) || b.matches?.(WHOLE));
  const called = (node) => node.id || node.querySelector?.(":scope > summary")?.textContent || "";

  // The longest common subsequence of blocks, of which a note has hundreds, not thousands.
  function common(olds, nows, start, oldEnd, nowEnd) {
    const [height, width] = [oldEnd - start, nowEnd - start];
    if (height * width > 1e6) return [];
    const text = (node) => node.outerHTML ?? node.data.trim();
    const [a, b] = [olds.slice(start, oldEnd).map(text), nows.slice(start, nowEnd).map(text)];
    const best = Array.from({ length: height + 1 }, () => new Uint16Array(width + 1));
    for (let i = height - 1; i >= 0; i--) {
      for (let j = width - 1; j >= 0; j--) {
        best[i][j] = a[i] && a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
      }
    }
    const found = [];
    for (let i = 0, j = 0; i < height && j < width;) {
      if (a[i] && a[i] === b[j]) found.push([start + i++, start + j++]);
      else if (best[i + 1][j] >= best[i][j + 1]) i++;
      else j++;
    }
    return found;
  }

  // Show the reader the first block that changed in the text of a note; dates, contents and links
  // around it change along, and a listing has no place that was edited.
  function point(changed) {
    const articles = main(document).querySelectorAll("article");
    if (articles.length !== 1) return;
    const inText = (node) => node?.isConnected && articles[0].contains(node) && !node.closest("header, nav, aside, footer");
    let block = changed.map((node) => node.nodeType === 1 ? node : node.parentElement).find(inText);
    const small = (node) => !node.getClientRects().length || getComputedStyle(node).display.startsWith("inline");
    while (block && block !== articles[0] && small(block)) block = block.parentElement;
    if (!block || block === articles[0]) return;
    const { top, bottom, height } = block.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) {
      block.scrollIntoView({ block: height > innerHeight / 2 ? "start" : "center", behavior: calm.matches ? "instant" : "smooth" });
    }
    if (calm.matches) return;
    const outline = (strength) => ({ outline: `2px solid color-mix(in srgb, LinkText ${strength}%, transparent)`, outlineOffset: "4px" });
    block.animate([outline(60), outline(60), outline(0)], 1200);
  }

  // --- Files that a page shows: the same URL, other bytes ----------------------------------------

  let times = 0;

  function plain(url) { // without what `anew` adds
    url = new URL(url, document.baseURI);
    url.searchParams.delete("live");
    return url.href;
  }
  function anew(url) {
    url = new URL(url, document.baseURI);
    url.searchParams.set("live", ++times);
    return url.href;
  }
  async function refresh(paths) {
    const here = (path) => path.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
    const changed = new Set(paths.map((path) => here(new URL(path, location).pathname)));
    const hit = (text) => {
      const url = URL.canParse(text, document.baseURI) && new URL(text, document.baseURI);
      return url && url.origin === location.origin && changed.has(here(url.pathname));
    };
    const sheets = [];
    for (const node of document.querySelectorAll("[src], [srcset], [poster], object[data], link[href], image[href]")) {
      for (const name of ["src", "srcset", "poster", "data", "href"]) {
        const value = node.getAttribute(name) ?? "";
        if (name === "srcset") {
          const parts = value.replace(/[^\s,]\S*[^\s,]/g, (part) => hit(part) ? anew(part) : part);
          if (parts !== value) node.srcset = parts;
        } else if (value && hit(value)) {
          if (node.localName === "script") return reload();
          if (!node.matches(SHEET)) node.setAttribute(name, anew(value));
          else {
            const copy = node.cloneNode();
            copy.href = anew(value);
            node.after(copy);
            sheets.push(loaded(copy).then(() => node.remove()));
          }
        }
      }
    }
    await Promise.all(sheets);
    if ([...document.styleSheets].some((sheet) => mentioned(sheet).some(hit))) reload();
  }
  function mentioned(sheet) {
    try {
      const text = [...sheet.cssRules].map((rule) => rule.cssText).join();
      return Array.from(text.matchAll(/url\("([^"]*)"\)/g), ([, url]) => new URL(url, sheet.href ?? document.baseURI).href);
    } catch { // of another host
      return [];
    }
  }

  // --- Problems, over the page -------------------------------------------------------------------
  // In a shadow tree, so that the site's style sheet does not reach it. All text is text: it comes
  // from notes. It opens for errors by itself, until the reader closes it.

  const overlay = (function () {
    const STYLE = `
      :host { all: initial !important; color-scheme: inherit !important; position: fixed !important; inset: auto 0 0 !important; z-index: 2147483647 !important; pointer-events: none !important; }
      @media print { :host { display: none !important; } }
      * { box-sizing: border-box; }
      .box {
        --paper: light-dark(#fff, #1b1f23); --ink: light-dark(#22252a, #dfe1e0); --muted: light-dark(#5c6167, #9aa1a7);
        --rule: light-dark(#d9dcde, #363d43); --well: light-dark(#f4f5f5, #24292e);
        --error: light-dark(#b3261e, #ff9d94); --warning: light-dark(#8a5a00, #e5b95f);
        font: 14px/1.6 system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", Meiryo, sans-serif;
        display: flex; flex-direction: column; max-height: 50vh; color: var(--ink);
      }
      .box.open { background: var(--paper); border-top: 3px solid var(--worst); box-shadow: 0 -6px 24px rgb(0 0 0 / 18%); pointer-events: auto; }
      .bar { display: flex; flex: none; justify-content: flex-end; padding: 0 12px 12px; }
      .open .bar { padding: 0; border-bottom: 1px solid var(--rule); }
      button {
        font: inherit; font-weight: 600; display: flex; align-items: center; gap: 8px; min-height: 36px; padding: 4px 14px; border: 1px solid var(--rule);
        border-radius: 18px; background: var(--paper); color: var(--worst); box-shadow: 0 2px 10px rgb(0 0 0 / 18%); cursor: pointer; pointer-events: auto;
      }
      button::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
      .open button { flex: 1; min-height: 40px; padding: 4px max(20px, calc(50vw - 440px)); border: 0; border-radius: 0; background: none; box-shadow: none; }
      .open button::after { content: "✕" / ""; margin-inline-start: auto; color: var(--muted); font-weight: 400; }
      button:disabled { color: var(--muted); cursor: default; }
      button:focus-visible { outline: 2px solid; outline-offset: -2px; }
      ol { overflow: auto; overscroll-behavior: contain; margin: 0; padding: 4px max(20px, calc(50vw - 440px)) 16px; list-style: none; }
      li { padding-block: 12px 4px; }
      li + li { margin-top: 8px; border-top: 1px solid var(--rule); }
      .place { color: var(--muted); overflow-wrap: anywhere; }
      .place, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK JP", "BIZ UDGothic", monospace; }
      p { margin: 0; overflow-wrap: anywhere; }
      .message::first-letter { text-transform: uppercase; }
      .level { color: var(--level); font-weight: 600; }
      .error { --level: var(--error); }
      .warning { --level: var(--warning); }
      pre { position: relative; margin: 6px 0; padding: 8px 12px 20px; overflow-x: auto; border-radius: 4px; background: var(--well); tab-size: 4; }
      mark { position: relative; background: color-mix(in srgb, var(--level) 22%, transparent); color: inherit; }
      mark::after { content: "▲" / ""; position: absolute; inset: 100% auto auto 50%; translate: -50% 2px; font-size: 9px; line-height: 1; color: var(--level); }
      .hint { color: var(--muted); }
    `;
    const make = (name, type, ...content) => {
      const node = document.createElement(name);
      node.className = type;
      node.append(...content);
      return node;
    };
    const host = document.createElement("notesite-problems");
    const list = make("ol", "");
    const button = make("button", "");
    const bar = make("div", "bar", button);
    const box = make("div", "box", bar, list);
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [style];
    shadow.append(box);
    bar.setAttribute("role", "status");
    button.type = "button";

    let problems = [];
    let wish = null; // of the reader: open, closed, or as it comes

    function count(level) {
      const number = problems.filter((problem) => problem.level === level).length;
      return number ? [`${number} ${level}${number > 1 ? "s" : ""}`] : [];
    }
    function entry({ level, message, path, line, column, source_line: text, hint }) {
      const place = line ? `${path}:${line}:${Math.max(column, 1)}` : path;
      const item = make("li", level,
        make("p", "place", make("span", "level", level), ` ${place}`), make("p", "message", message));
      if (text) {
        const letters = [...text]; // columns count characters, not UTF-16
        const mark = make("mark", "", letters[column - 1] ?? " ");
        item.append(column ? make("pre", "", letters.slice(0, column - 1).join(""), mark, letters.slice(column).join("")) : make("pre", "", text));
      }
      if (hint) item.append(make("p", "hint", hint));
      return item;
    }
    function say(text, able) {
      button.disabled = !able;
      if (button.textContent !== text) button.textContent = text; // else it is read aloud again
      if (text) document.documentElement.append(host);
      else host.remove();
    }
    function draw() {
      const open = problems.length > 0 && (wish ?? count("error").length > 0);
      box.className = open ? "box open" : "box";
      box.style.setProperty("--worst", `var(--${count("error").length ? "error" : "warning"})`);
      list.hidden = !open;
      button.setAttribute("aria-expanded", open);
      if (!open) return;
      for (const mark of list.querySelectorAll("mark")) mark.parentNode.scrollLeft = mark.offsetLeft - mark.parentNode.clientWidth / 2;
    }
    function toggle(open) {
      wish = open;
      draw();
    }
    button.addEventListener("click", () => toggle(list.hidden));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && problems.length && !list.hidden) toggle(false);
    });

    return {
      show(message) {
        const told = message.problems.filter((problem) => problem.level !== "note");
        const { stage, done, total } = message.progress ?? {};
        if (JSON.stringify(told) !== JSON.stringify(problems)) {
          problems = told;
          list.replaceChildren(...problems.map(entry));
          if (!count("error").length) wish = null;
        }
        const counts = [...count("error"), ...count("warning")].join(", ");
        say(counts || (stage ? `${stage}: ${done} of ${total}` : ""), Boolean(counts));
        draw();
      },
      lost() {
        if (!problems.length) say("notesite serve has stopped", false);
      },
    };
  })();

  connect();
})();
