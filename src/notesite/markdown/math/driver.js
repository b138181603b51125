// Runs inside V8 after KaTeX. In: a batch of formulas. Out: for each its HTML, readable text and
// complaints, or why it was refused. Nothing here knows of notes or files.
//
// start(settings) once, then load(batch), and run(milliseconds) until everything is done. If run had to
// be stopped, take() says what it had done: the next formula is the one that hangs.
"use strict";

let settings = {};
let siteMacros = {};
let queue = { preambles: [], formulas: [] };
let done = 0; // formulas of the queue
let results = []; // of those done since the last take()
let scopes = new Map(); // text of the definitions -> the macros they make

function start(json) {
  settings = JSON.parse(json);
  siteMacros = settings.macros;
}

function load(json) {
  queue = JSON.parse(json);
  done = 0;
  results = [];
  scopes = new Map([["", siteMacros]]);
}

// Works until `milliseconds` have passed or `most` characters are made; the formula then at hand is
// finished. Returns what take() returns.
function run(milliseconds, most) {
  const end = Date.now() + milliseconds;
  let size = 0;
  while (done < queue.formulas.length) {
    const [tex, display, preamble] = queue.formulas[done];
    const result = typeset(tex, display, queue.preambles[preamble]);
    results.push(result);
    done += 1;
    size += result.html ? result.html.length : 0;
    if (size > most || Date.now() > end) break;
  }
  return take();
}

function take() {
  // The HTML of all first, each ended by U+001E (no HTML holds one), then the rest as JSON: faster
  // than quoting every attribute.
  const html = results.map((result) => `${result.html || ""}\x1e`).join("");
  const rest = JSON.stringify(results.map((result) => ({ ...result, html: undefined })));
  results = [];
  return html + rest;
}

// --- one formula ------------------------------------------------------------------------------------

function typeset(tex, display, preamble) {
  const warnings = [];
  const forbidden = [];
  const options = {
    displayMode: display,
    output: settings.output === "mathml" ? "mathml" : "htmlAndMathml",
    throwOnError: true,
    maxSize: settings.maxSize,
    maxExpand: settings.maxExpand,
    strict: (code, message, token) => {
      const start = token && token.loc && token.loc.lexer.input === tex ? token.loc.start : -1;
      warnings.push({ code, message: message.toWellFormed(), offset: start, length: token ? token.text.length : 0 });
      return "ignore";
    },
    trust: (context) => {
      const own = context.command === "\\href" && /^#eq-[\p{L}\p{N}_.:-]+$/u.test(context.url);
      if (!own) forbidden.push(context.command);
      return own;
    },
  };
  try {
    options.macros = { ...scope(preamble) };
    const tree = katex.__renderToDomTree(tex, options);
    if (forbidden.length) return refused("forbidden", tex.indexOf(forbidden[0]), forbidden[0]);
    return set(tree, warnings, tex);
  } catch (error) {
    return failure(error, tex);
  }
}

function set(tree, warnings, tex) {
  const text = readable(tree);
  const html = markup(tree).replaceAll("<a ", '<a tabindex="-1" '); // screen readers do not see it there
  if (/[\0-\x08\x0b-\x1f\x7f\ufffe\uffff]/.test(html) || !html.isWellFormed()) return refused("unprintable", tex.indexOf("\\char"), "");
  if (!balanced(html)) return refused("unbalanced", -1, "");
  return { html, text, warnings };
}

function refused(reason, offset, text) {
  return { refused: { reason, offset, text: text.toWellFormed() } };
}

function failure(error, tex) {
  if (error instanceof katex.ParseError) {
    return refused("parse", position(error, tex), error.rawMessage);
  }
  // A RangeError is the end of V8's stack, whatever its words are.
  return refused(error instanceof RangeError ? "nested" : "internal", -1, String(error.message || error));
}

// KaTeX gives a position also when it is one in the body of a macro. Its message quotes what stands
// there, so the quotation tells whether it is in this formula.
function position(error, tex) {
  if (error.position === undefined) return -1;
  const quoted = error.message.slice(error.message.indexOf(error.rawMessage) + error.rawMessage.length);
  const context = /^ at (?:end of input|position \d+): ([^]*)$/.exec(quoted);
  const words = context ? context[1].replace(/\u0332/g, "").replace(/^…|…$/g, "") : "";
  const start = Math.max(error.position - 15, 0);
  return tex.replace(/\u0332/g, "").slice(start).startsWith(words) ? error.position : -1;
}

// The macros that hold after the definitions of `preamble` (one a line). A line that KaTeX refuses has
// been complained of where it stands in the note: here it is passed over.
function scope(preamble) {
  const known = scopes.get(preamble);
  if (known) return known;
  const cut = preamble.lastIndexOf("\n");
  const macros = { ...scopeBefore(preamble, cut) };
  for (const line of preamble.slice(scopeStart(preamble, cut)).split("\n")) define(line, macros);
  scopes.set(preamble, macros);
  return macros;
}

// Notes define one macro after the other: mostly all lines but the last are known already.
function scopeBefore(preamble, cut) {
  return (cut >= 0 && scopes.get(preamble.slice(0, cut))) || siteMacros;
}

function scopeStart(preamble, cut) {
  return cut >= 0 && scopes.has(preamble.slice(0, cut)) ? cut + 1 : 0;
}

function define(line, macros) {
  const options = { macros, globalGroup: true, strict: "ignore", maxExpand: settings.maxExpand };
  try {
    katex.__parse(line, options);
  } catch (error) {
    if (!(error instanceof katex.ParseError || error instanceof RangeError)) throw error;
  }
}

katex.__defineMacro("\\DeclareMathOperator", (context) => {
  context.consumeSpaces();
  let limits = "";
  if (context.future().text === "*") {
    context.popToken();
    limits = "*";
  }
  const [name, body] = context.consumeArgs(2);
  if (name.length !== 1 || name[0].text[0] !== "\\") {
    throw new katex.ParseError("\\DeclareMathOperator's first argument must be a macro name");
  }
  const open = context.lexer.constructor;
  const tokens = [];
  const lexer = new open(`\\operatorname${limits}{}`, context.settings);
  for (let token = lexer.lex(); token.text !== "EOF"; token = lexer.lex()) tokens.push(token);
  const closing = tokens.pop();
  context.macros.set(name[0].text, { tokens: [closing, ...body, ...tokens.reverse()], numArgs: 0 });
  return "";
});

// --- what is shown ----------------------------------------------------------------------------------

function markup(tree) {
  if (settings.output === "html") part(tree, "katex-mathml");
  const html = tree.toMarkup();
  // Numbers are made by notesite. KaTeX's own come from a CSS counter, which no link could name.
  return html.includes('"eqn-num') ? html.replaceAll('"eqn-num', '"') : html;
}

// Removes the part of this class from the tree: <span class="katex"> holds MathML, then HTML.
function part(node, name) {
  if (!node.children) return;
  node.children = node.children.filter((child) => !(child.classes || []).includes(name));
  if ((node.classes || []).includes("katex-display")) node.children.forEach((child) => part(child, name));
}

function balanced(html) {
  const open = [];
  for (let at = html.indexOf("<"); at >= 0; at = html.indexOf("<", at + 1)) {
    const end = html.indexOf(">", at);
    if (end < 0) return false;
    if (html[at + 1] === "/") {
      const name = open.pop();
      if (name === undefined || end - at - 2 !== name.length || !html.startsWith(name, at + 2)) return false;
    } else if (html[end - 1] !== "/") {
      const space = html.indexOf(" ", at);
      open.push(html.slice(at + 1, space < 0 ? end : Math.min(space, end)));
    }
  }
  return open.length === 0;
}
