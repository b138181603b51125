"""A seed and a number -> short Japanese notes with formulas, the same ones every time.

Made after the sample notes: some 400 characters, five or six formulas, of which about 60 % stand in
no other note, a list, tags, now and then a code block.
"""

from __future__ import annotations

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


def notes(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(file name, text) of each note, dated one a day back from 2025-12-31."""
    for number in range(count):
        yield f"note-{number:05}.md", _note(Random(f"{seed}-{number}"), number)


def _note(random: Random, number: int) -> str:
    year, day = 2025 - number // 336, number % 336
    date = f"{year}-{12 - day // 28:02}-{28 - day % 28:02}"
    subject, other = random.sample(SUBJECTS, 2)
    tags = ", ".join(random.sample(TAGS, random.randint(1, 3)))

    def formula() -> str:
        if random.random() < 0.35:
            return f"${random.choice(COMMON)}$"
        return f"${_filled(random, random.choice(FORMULAS))}$"

    def sentence() -> str:
        return random.choice(SENTENCES).format(s=subject, t=other, f=formula())

    parts = [
        f"---\ntitle: {subject}と{other} {number}\ndate: {date}\ntags: [{tags}]\n---",
        "".join(sentence() for _ in range(4)),
        f"$$\n{_filled(random, random.choice(DISPLAY))}\n$$",
        "\n".join(f"- {sentence()}" for _ in range(2)),
        f"## {other}について",
        "".join(sentence() for _ in range(3)),
    ]
    if number % 10 == 0:
        parts.append(_filled(random, CODE))
    return "\n\n".join(parts) + "\n"


def _filled(random: Random, pattern: str) -> str:
    return pattern.format(n=random.randint(2, 999), m=random.randint(2, 99))
