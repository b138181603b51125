// Runs inside V8 beside driver.js. In: KaTeX's tree of a formula. Out: text that a reader of a
// title, a table of contents or a search result can read: `KL(p‖q)`, `x²`, `√(a + b)`, `∑ᵢ xᵢ`.
"use strict";

const SUPERSCRIPTS = table("0123456789+−-=()niTabcdefghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ");
const SUBSCRIPTS = table("0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ");
const ACCENTS = new Map([["^", "\u0302"], ["ˆ", "\u0302"], ["~", "\u0303"], ["˜", "\u0303"], ["ˉ", "\u0304"],
  ["¯", "\u0304"], ["˙", "\u0307"], ["¨", "\u0308"], ["⃗", "\u20d7"], ["→", "\u20d7"], ["ˇ", "\u030c"],
  ["˘", "\u0306"], ["´", "\u0301"], ["ˊ", "\u0301"], ["`", "\u0300"], ["ˋ", "\u0300"], ["˚", "\u030a"]]);
const LINES = /^[‾_‗⏞⏟⏠⏡︷︸⎴⎵←→↔⇀↼⇒^~˜ˉ¯\u0332]$/u;
const BLACKBOARD = { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" };
const RELATION = /^[=≠<>≤≥⩽⩾≪≫∼≃≅≈≡≜≐∝∈∉∋⊂⊃⊆⊇⊢⊨⊥→←↔⇒⇐⇔⟶⟵⟹⟸⟺↦⟼≺≻⪯⪰]\u0338?$|^:=$/u;
const OPERATOR = /^[+−±∓×⋅∘∗∪∩∧∨⊕⊗⊙]$/u;
const PLAIN = { "∥": "‖", "∣": "|" };
const INVISIBLE = /[\u2061-\u2064\u200b\u200a]/g;
// Invisible characters stand for spaces until it is known what is beside them:
const AFTER_NAME = "\u2061"; // a space if a letter or digit follows: `log x`, but `log(x)`
const AROUND = "\u2062"; // a space if the operator between two of them has something at its left
const BEFORE_NAME = "\u2063"; // a space if a letter, digit or bracket stands before: `x log x`
const NOTHING = new Set(["annotation", "mphantom", "mglyph", "none"]);

function table(from, to) {
  const into = [...to];
  return new Map([...from].map((char, index) => [char, into[index]]));
}

function readable(tree) {
  const math = find(tree);
  const text = math ? math.children.map(show).join("") : "";
  return text
    .replace(/([\p{L}\p{N}\p{M})\]}′!∞‖|⁡])\u2062(.)\u2062/gu, "$1 $2 ")
    .replace(/([\p{L}\p{N})\]}′|])[\u2061\u2062]*\u2063/gu, "$1 ")
    .replace(/\u2061\u2063?(?=[\p{L}\p{N}√∑∏∫])/gu, " ")
    .replace(INVISIBLE, "")
    .replace(/[ \u2000-\u200a\u205f\u00a0\n\t]+/g, " ")
    .replace(/ ([,;)])/g, "$1")
    .normalize("NFC")
    .trim();
}

function find(node) {
  if (node.type === "semantics") return node;
  for (const child of node.children || []) {
    const found = find(child);
    if (found) return found;
  }
  return null;
}

function show(node) {
  if (!node.type) return node.children ? row(node) : leaf(node); // a fragment, text or space
  if (NOTHING.has(node.type)) return "";
  return (SHOWN[node.type] || row)(node);
}

function leaf(node) {
  if (node.character === undefined) return (node.toText() ?? "").replace(/[∥∣]/g, (char) => PLAIN[char]);
  return node.width >= 0.16 ? " " : ""; // space, in em
}

function row(node) {
  return node.children.map(show).join("");
}

const SHOWN = {
  mi(node) {
    const text = letters(node);
    return /^[a-z ]{2,}$/i.test(text) && !node.getAttribute("mathvariant") ? BEFORE_NAME + text : text;
  },
  mn: (node) => letters(node),
  mtext: (node) => node.children.map(show).join("").replace(INVISIBLE, ""),
  mo(node) {
    const text = row(node);
    if (RELATION.test(text) || /^[a-z]{2,}$/.test(text)) return ` ${text} `;
    if (OPERATOR.test(text) && node.getAttribute("lspace") !== "0em") return AROUND + text + AROUND;
    return text;
  },
  mspace: (node) => (parseFloat(node.getAttribute("width")) >= 0.16 ? " " : ""),
  msup: ({ children: [base, up] }) => scripted(base, raised(up)),
  msub: ({ children: [base, down] }) => scripted(base, lowered(down)),
  msubsup: ({ children: [base, down, up] }) => scripted(base, lowered(down) + raised(up)),
  munder: ({ children: [base, down] }) => under(base, down),
  mover: ({ children: [base, up] }) => over(base, up),
  munderover: ({ children: [base, down, up] }) => scripted(base, lowered(down) + raised(up)) + AFTER_NAME,
  mfrac: fraction,
  msqrt: (node) => `√${grouped(row(node))}`,
  mroot: ({ children: [base, index] }) => `${script(show(index), SUPERSCRIPTS, "")}√${grouped(show(base))}`,
  mtable: rows,
  mtr: (node) => node.children.map(show).join(" "),
  mpadded: (node) => (node.getAttribute("width") === "0px" ? "" : row(node)),
};

function letters(node) {
  const text = node.children.map(show).join("");
  if (node.getAttribute("mathvariant") !== "double-struck") return text;
  return text.replace(/[A-Za-z0-9]/g, (char) => BLACKBOARD[char] || String.fromCodePoint(struck(char)));
}

function struck(char) { // the Unicode block of double-struck letters, in the order A-Z, a-z, 0-9
  const code = char.charCodeAt(0);
  if (code >= 97) return 0x1d552 + code - 97;
  return code >= 65 ? 0x1d538 + code - 65 : 0x1d7d8 + code - 48;
}

function scripted(base, scripts) {
  const text = show(base);
  return text.endsWith(AFTER_NAME) ? text.slice(0, -1) + scripts + AFTER_NAME : text + scripts;
}

function raised(node) {
  const text = show(node).replace(INVISIBLE, "").trim();
  return /^[′″‴⁗∗*†°∘]+$/u.test(text) ? text : script(text, SUPERSCRIPTS, "^");
}

function lowered(node) {
  return script(show(node).replace(INVISIBLE, "").trim(), SUBSCRIPTS, "_");
}

// As small letters where Unicode has them all, else after a mark: `xᵢ`, `x_Σ`, `x^(α + 1)`.
function script(text, small, mark) {
  const tight = text.replace(/ /g, "");
  if (!tight) return "";
  if ([...tight].every((char) => small.has(char))) return [...tight].map((char) => small.get(char)).join("");
  return mark + grouped(text) + AFTER_NAME;
}

function over(base, up) {
  const mark = show(up).trim();
  const text = show(base);
  if (ACCENTS.has(mark) && [...text].length === 1) return text + ACCENTS.get(mark);
  return ACCENTS.has(mark) || LINES.test(mark) ? text : text + raised(up);
}

function under(base, down) {
  const mark = show(down).trim();
  const text = show(base).replace(/\u2061$/, "");
  if (LINES.test(mark)) return text;
  return (base.type === "munder" ? grouped(text) : text) + lowered(down) + AFTER_NAME;
}

function fraction(node) {
  const [above, below] = node.children.map((child) => show(child));
  if (parseFloat(node.getAttribute("linethickness")) === 0) return `${above} ${below}`; // \binom
  return `${grouped(above)}/${grouped(below)}`;
}

// In brackets unless it is one thing: a number, a name, letters with their scripts, or bracketed.
function grouped(text) {
  text = text.replace(/^[\u2063 ]+|[\u2061 ]+$/g, "");
  if (/^\p{L}+\([^()]*\)$/u.test(text)) return text; // p(x)
  const one = /^[\p{L}\p{M}\p{No}\p{Lm}ᵀ∂∇√∞′.]+(_[\p{L}\p{N}])?$/u.test(text) || /^[\p{N}.]+$/u.test(text);
  return one || [...text].length === 1 || bracketed(text) ? text : `(${text})`;
}

function bracketed(text) {
  if (!/^\(.*\)$/s.test(text)) return false;
  let depth = 0;
  for (let index = 0; index < text.length - 1; index++) {
    if (text[index] === "(") depth += 1;
    if (text[index] === ")") depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

function rows(node) {
  const lines = node.children.map((line) => {
    const cells = line.children.filter((cell) => !/mtr-glue|mml-eqn-num/.test(cell.classes.join(" ")));
    const tagged = node.getAttribute("width") === "100%"; // \tag: glue, formula, glue, number
    return show({ ...line, type: "mtr", children: tagged ? cells.slice(0, -1) : cells }).trim();
  });
  return lines.filter(Boolean).join("; ");
}
