"""A seed and a number -> notes, the same ones every time: one kind a corpus.

`math`: short Japanese notes with formulas, made after the sample notes: some 400 characters, five
or six formulas, of which about 60 % stand in no other note, a list, tags, now and then a block of
code.
`prose`: English, some 700 words, with headings, links, emphasis, a list and a quote.
`code`: a few sentences around five blocks of code in five languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

SUBJECTS = [
    "情報量",
    "固有値",
    "注意機構",
    "距離学習",
    "最尤推定",
    "勾配降下法",
    "畳み込み",
    "正則化",
]
TAGS = [
    "情報理論",
    "線形代数",
    "深層学習",
    "確率統計",
    "自然言語処理",
    "最適化",
    "数値計算",
    "距離",
]
SENTENCES = [
    "{s}を考えるとき、まず{f}という関係に目を向けるとよい。",
    "ここで{f}は分布の形だけで決まり、標本の大きさにはよらない。",
    "**「{s}」**という言葉は、分野によって少しずつ違う意味で使われる。",
    "直感的には、{f}が大きいほど当てにくい、と読むことができる。",
    "実装では桁あふれを避けるために、対数をとって{f}の形で計算することが多い。",
    "この式は見た目ほど難しくなく、両辺を微分すればすぐに確かめられる。",
    "次の節では、{s}と{t}の関係を、具体的な例を通して見ていく。",
]
FORMULAS = [
    r"x_{{{n}}}", r"\alpha^{{{n}}}", r"f(x) = x^2 + {n}x + {m}", r"p(x|y_{{{n}}})", r"O(n^{{{m}}})",
    r"\frac{{\partial L_{{{n}}}}}{{\partial w_{{{m}}}}}", r"\sum_{{i=1}}^{{{n}}} a_i^{{{m}}}",
    r"\mathbb{{E}}[X^{{{m}}}] = {n}", r"\|w\|_2^2 \leq {n}", r"\log\frac{{p(x)}}{{q(x)}} + {n}",
]  # fmt: skip
COMMON = [r"x", r"y", r"p(x)", r"\theta", r"\sigma(x)"]  # these stand in many notes
DISPLAY = [
    r"KL(p\|q) = \sum_x p(x)\log\frac{{p(x)}}{{q(x)}} + {n}\epsilon_{{{m}}}",
    r"H(X) = -\sum_{{i=1}}^{{{n}}} p_i \log p_i + c_{{{m}}}",
    r"\begin{{pmatrix}} a_{{{n}}} & b \\ c & d_{{{m}}} \end{{pmatrix}} v = \lambda v",
    r"\hat\theta = \mathop{{\mathrm{{argmax}}}}_\theta \prod_{{i=1}}^{{{n}}} p(x_i|\theta)^{{{m}}}",
]
CODE = """```python
def entropy(p, base={n}):
    return -sum(x * math.log(x, base) for x in p if x > {m})
```"""


PROSE_TAGS = ["History", "Method", "Reading", "Tools", "Travel", "Work", "Writing", "Everyday life"]
NOUNS = [
    "archive", "bridge", "catalogue", "draft", "evening", "figure", "garden", "harbour", "index",
    "journal", "kitchen", "letter", "map", "notebook", "orchard", "paper", "question", "river",
    "street", "table", "update", "valley", "window", "workshop", "year",
]  # fmt: skip
QUALITIES = [
    "careful", "early", "faint", "gradual", "honest", "late", "narrow", "old", "patient", "plain",
    "quiet", "rare", "slow", "small", "spare", "steady", "strange", "thin", "unfinished", "warm",
    "wide",
]  # fmt: skip
PROSE = [
    "The {q} {n} of {m} is what remains when the {o} has been put away.",
    "Nobody who has kept a {n} for more than {x} years will call it *{q}*.",
    "It was the {o}, after all, and not the {n}, that made the {m} look so {q}.",
    "There are {x} reasons for a {q} {n}, and the **{m}** is only the first of them.",
    "See [the {n} of the {m}](https://example.org/{n}/{x}) for a {q} account.",
    "When the {m} came back from the {o}, its {n} was still {q}, though a little worn.",
    "A `{n}-{x}` may stand beside a {m}; it does not have to be {q}.",
    "Most of this was written at a {o} in {x} hours, with a {q} {n} at hand.",
]

BLOCKS = {
    "python": """def NAME(values: list[float], limit: int = NUM) -> float:
    \"\"\"The sum of the first values, at most NUM.\"\"\"
    total = 0.0
    for index, value in enumerate(values[:limit]):
        if value < 0:  # negative ones do not count
            continue
        total += value * (index + NUM) / len(values)
    return total if total > NUM.5 else float("nan")""",
    "javascript": """export async function NAME(url, { retries = NUM, signal } = {}) {
  for (let attempt = 0; attempt < retries; attempt += 1) {
    const response = await fetch(url + "?page=NUM", { signal });
    if (response.ok) return response.json();
    await new Promise((resolve) => setTimeout(resolve, NUM * attempt));
  }
  throw new Error("NAME: no answer after NUM tries"); // the caller decides
}""",
    "rust": """pub fn NAME(input: &[u8], seed: u64) -> Result<Vec<u64>, String> {
    let mut state = seed ^ NUM;
    let mut found = Vec::with_capacity(input.len());
    for (place, &byte) in input.iter().enumerate() {
        state = state.wrapping_mul(NUM).rotate_left(byte as u32 % NUM);
        match state % NUM {
            0 => return Err(format!("NAME: bad byte at {place}")),
            other => found.push(other),
        }
    }
    Ok(found)
}""",
    "sql": """CREATE TABLE NAME (id INTEGER PRIMARY KEY, title TEXT NOT NULL, weight REAL);
SELECT title, count(*) AS times, avg(weight) FROM NAME
  JOIN links ON links.note = NAME.id WHERE weight > NUM AND title LIKE 'NAME%'
  GROUP BY title HAVING count(*) < NUM ORDER BY times DESC LIMIT NUM; -- the rare ones""",
    "json": """{
  "name": "NAME", "version": "NUM.0.NUM", "private": true,
  "limits": {"depth": NUM, "width": [NUM, NUM, NUM], "ratio": 0.NUM},
  "scripts": {"build": "NAME --jobs NUM", "test": null}
}""",
    "c": """#include <stdio.h>
static int NAME(const char *text, size_t length) {
    unsigned hash = NUMu; /* any odd number will do */
    for (size_t i = 0; i < length; i++) hash = (hash ^ text[i]) * NUMu;
    if (hash % NUM == 0) fprintf(stderr, "NAME: %u\\n", hash);
    return (int)(hash & 0xffNUM);
}""",
}


def notes(count: int, seed: int = 1, corpus: str = "math") -> Iterator[tuple[str, str]]:
    """(file name, text) of each note, dated one a day back from 2025-12-28."""
    for number in range(count):
        name = f"{seed}-{number}" if corpus == "math" else f"{corpus}-{seed}-{number}"
        yield f"note-{number:05}.md", CORPORA[corpus](Random(name), number)


def _front_matter(title: str, number: int, tags: list[str]) -> str:
    year, day = 2025 - number // 336, number % 336
    date = f"{year}-{12 - day // 28:02}-{28 - day % 28:02}"
    return f"---\ntitle: {title} {number}\ndate: {date}\ntags: [{', '.join(tags)}]\n---"


def _math(random: Random, number: int) -> str:
    subject, other = random.sample(SUBJECTS, 2)
    tags = random.sample(TAGS, random.randint(1, 3))

    def formula() -> str:
        if random.random() < 0.35:
            return f"${random.choice(COMMON)}$"
        return f"${_filled(random, random.choice(FORMULAS))}$"

    def sentence() -> str:
        return random.choice(SENTENCES).format(s=subject, t=other, f=formula())

    parts = [
        _front_matter(f"{subject}と{other}", number, tags),
        "".join(sentence() for _ in range(4)),
        f"$$\n{_filled(random, random.choice(DISPLAY))}\n$$",
        "\n".join(f"- {sentence()}" for _ in range(2)),
        f"## {other}について",
        "".join(sentence() for _ in range(3)),
    ]
    if number % 10 == 0:
        parts.append(_filled(random, CODE))
    return "\n\n".join(parts) + "\n"


def _prose(random: Random, number: int) -> str:
    quality, noun = random.choice(QUALITIES), random.choice(NOUNS)

    def paragraph(sentences: int) -> str:
        return " ".join(_sentence(random) for _ in range(sentences))

    parts = [
        _front_matter(f"The {quality} {noun}", number, random.sample(PROSE_TAGS, 2)),
        paragraph(5),
        paragraph(8),
        f"## The {random.choice(NOUNS)}",
        paragraph(8),
        "\n".join(f"- {_sentence(random)}" for _ in range(4)),
        paragraph(7),
        f"## What the {random.choice(NOUNS)} was for",
        f"> {_sentence(random)}",
        paragraph(8),
        paragraph(7),
    ]
    return "\n\n".join(parts) + "\n"


def _code(random: Random, number: int) -> str:
    parts = [
        _front_matter(f"How to {random.choice(NOUNS)}", number, random.sample(PROSE_TAGS, 2)),
        _sentence(random),
    ]
    for language in random.sample(sorted(BLOCKS), 5):
        pieces = [_named(random, BLOCKS[language]) for _ in range(2)]
        block = "\n\n".join(pieces) if language != "json" else pieces[0]
        parts += [_sentence(random), f"```{language}\n{block}\n```"]
    return "\n\n".join(parts) + "\n"


def _sentence(random: Random) -> str:
    noun, other, third = random.sample(NOUNS, 3)
    return random.choice(PROSE).format(
        q=random.choice(QUALITIES), n=noun, m=other, o=third, x=random.randint(2, 99)
    )


def _named(random: Random, block: str) -> str:
    """The block with one name for NAME and a number for each NUM."""
    block = block.replace("NAME", f"{random.choice(NOUNS)}_{random.randint(1, 999)}")
    return re.sub("NUM", lambda _: str(random.randint(2, 99)), block)


def _filled(random: Random, pattern: str) -> str:
    return pattern.format(n=random.randint(2, 999), m=random.randint(2, 99))


CORPORA = {"math": _math, "prose": _prose, "code": _code}
