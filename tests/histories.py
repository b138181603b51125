"""A site that is edited at random, step by step: notes, templates, settings, static files, the
output."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from notesite.build import build
from notesite.report import Options, Report

TODAY = date(2025, 6, 15)
WORDS = ["情報", "entropy", "行列", "「重点」", "attention", "距離", "a *b*", "**太字**", "`code`"]
FORMULAS = ["$x^2$", "$$\\sum_i p_i$$", "$\\alpha$", "$\\undefined$", "\\eqref{eq:a}"]
NAMES = ["n1", "posts/n3", "題", "情報 1", "別名", "word", "無い", "#見出し", "題#見出し", "n1#^id"]
TAGS = ["math", "Math", "情報", "x y", "長い"]
FOLDERS = ["", "posts/", "posts/deep/", "manual/", "en/", "en/posts/"]
TEMPLATES = {
    "partials/after_content.html": "<p>{{ site.title }} %d</p>\n",
    "page.html": '{%% extends "theme/page.html" %%}{%% block after_note %%}%d{%% endblock %%}\n',
    "partials/entry.html": "<p>%d {{ card.title }} {{ card.reading_time }}</p>\n",
    "base.html": '{%% extends "theme/base.html" %%}{%% block footer %%}%d{%% endblock %%}\n',
    "i18n/en.yaml": "home: Home %d\n",
}
SETTINGS = [
    "title: One", "title: Two", "listing: {per_page: 2}", "listing: {per_page: 50}", "language: ja",
    "base_url: https://example.org/repo/", "excerpt: {width: 40}", "permalinks: {posts: /p/:slug/}",
    "math: {macros: {'\\R': x}}", "menu: []", "reading_speed: {ja: 20}", "taxonomies: [tags]",
    "links: {unwritten_pages: false}", "links: {inline_tags: true}", "graph: false",
    "languages: {ja: {title: 三}, en: {}}", "search: false",
]  # fmt: skip


class History:
    """Edits of one site. The same seed makes the same history."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = Random(seed)
        self.clock = 0
        self.template_count = 0
        (root / "notes").mkdir(parents=True)
        for _ in range(6):
            self.add_note()
        self.steps: list[Callable[[], None]] = [
            self.edit_body, self.edit_body, self.edit_body, self.edit_front_matter,
            self.edit_front_matter, self.add_note, self.delete_note, self.rename_note,
            self.touch_note, self.change_template, self.remove_template, self.change_settings,
            self.change_static, self.change_asset, self.tamper_with_output,
        ]  # fmt: skip

    def step(self) -> str:
        """One random edit; its name."""
        edit = self.random.choice(self.steps)
        edit()
        return edit.__name__

    # --- notes ------------------------------------------------------------------------------------

    def add_note(self) -> None:
        folder = self.random.choice(FOLDERS)
        name = self.random.choice([f"n{self.random.randint(0, 40)}", "_index", "題", "N1", "n1.en"])
        self._write(self.root / "notes" / folder / f"{name}.md", self._front() + self._body())

    def edit_body(self) -> None:
        if note := self._some_note():
            front = note.read_text("utf-8").partition("\n---\n")[0] + "\n---\n"
            self._write(note, front + self._body())

    def edit_front_matter(self) -> None:
        if note := self._some_note():
            self._write(note, self._front() + note.read_text("utf-8").partition("\n---\n")[2])

    def delete_note(self) -> None:
        if (note := self._some_note()) and len(self._notes()) > 3:
            note.unlink()

    def rename_note(self) -> None:
        if note := self._some_note():
            target = note.with_name(f"r{self.random.randint(0, 40)}.md")
            if not target.exists():
                note.rename(target)

    def touch_note(self) -> None:
        if note := self._some_note():
            note.touch()

    # --- around the notes -------------------------------------------------------------------------

    def change_template(self) -> None:
        self.template_count += 1
        name = self.random.choice(list(TEMPLATES))
        self._write(self.root / "templates" / name, TEMPLATES[name] % self.template_count)

    def remove_template(self) -> None:
        files = sorted((self.root / "templates").rglob("*.*"))
        for file in self.random.sample(files, min(1, len(files))):
            file.unlink()

    def change_settings(self) -> None:
        lines = self.random.sample(SETTINGS, self.random.randint(0, 3))
        unique = {line.partition(":")[0]: line for line in lines}
        self._write(self.root / "notesite.yaml", "\n".join(unique.values()) + "\n")

    def change_static(self) -> None:
        name = self.random.choice(["robots.txt", "site.css", "404.html", "img/a.txt"])
        file = self.root / "static" / name
        if file.exists() and self.random.random() < 0.5:
            file.unlink()
        else:
            self._write(file, f"static {self.random.randint(0, 9)}")

    def change_asset(self) -> None:
        folder = self.random.choice(FOLDERS)
        name = self.random.choice(["a.png", "b.txt"])
        size = chr(self.random.randint(1, 9)) + "\0"  # what a GIF says of its size
        text = f"GIF89a{size}{size}" if name == "a.png" else f"asset {self.random.randint(0, 9)}"
        self._write(self.root / "notes" / folder / name, text)

    def tamper_with_output(self) -> None:
        files = sorted(f for f in (self.root / "public").rglob("*") if f.is_file())
        files = [file for file in files if ".notesite" not in file.parts]
        for file in self.random.sample(files, min(2, len(files))):
            if self.random.random() < 0.5:
                file.unlink()
            else:
                file.write_text("someone was here")

    # --- material ---------------------------------------------------------------------------------

    def _notes(self) -> list[Path]:
        return sorted((self.root / "notes").rglob("*.md"))

    def _some_note(self) -> Path | None:
        notes = self._notes()
        return self.random.choice(notes) if notes else None

    def _front(self) -> str:
        random = self.random
        lines = [f"title: {random.choice(WORDS[:3])} {random.randint(0, 9)}"]
        if random.random() < 0.7:
            lines.append(f"date: 2025-{random.randint(1, 8):02}-{random.randint(1, 28):02}")
        if random.random() < 0.6:
            lines.append(f"tags: {random.sample(TAGS, 2)}".replace("'", ""))
        for line, chance in (
            ("draft: true", 0.1), ("pinned: true", 0.1), ("weight: 3", 0.1), ("series: S", 0.2),
            ("slug: same", 0.1), ("lang: ja", 0.1), ("summary: Short $y$.", 0.1),
            ("date: never", 0.05), ("listed: false", 0.1), ("redirect_from: /old/", 0.1),
            ("template: gone", 0.05), ("aliases: [別名]", 0.2), ("aliases: [word, /older/]", 0.1),
        ):  # fmt: skip
            key = line.partition(":")[0]
            if random.random() < chance and not any(other.startswith(key) for other in lines):
                lines.append(line)
        return "---\n" + "\n".join(lines) + "\n---\n"

    def _body(self) -> str:
        random = self.random
        parts = [" ".join(random.choices(WORDS, k=random.randint(1, 12))) for _ in range(2)]
        parts.append(random.choice(FORMULAS) + " を見る。")
        if random.random() < 0.4:
            parts.append("## 見出し\n\n$$\na = b \\label{eq:a}\n$$")
        if random.random() < 0.5:
            other = random.choice(["n1.md", "../n2.md", "posts/n3.md", "a.png", "/archive/"])
            parts.append(f"[link]({other}) ![image](a.png)")
        for _ in range(random.randint(0, 2)):
            name = random.choice(NAMES)
            parts.append(f"前。 [[{name}]] $x$ と {random.choice(WORDS)}。後。")
        for _ in range(random.choice((0, 0, 1, 2))):  # so that there are circles of embeds
            parts.append(f"![[{random.choice(NAMES)}]]")
        if random.random() < 0.3:
            parts.append(f"文 #{random.choice(TAGS)} と #math/線形。")
        if random.random() < 0.4:
            parts.append(f"段落 {random.choice(WORDS)} ^id")
        random.shuffle(parts)
        return "\n\n".join(parts) + "\n"

    def _write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


class Texts(History):
    """Mostly edits that only the note's own page, feeds and the search index show: below a
    paragraph that is longer than an excerpt, in notes without problems."""

    LONG = "長い段落は抜粋より長いので、その後にある文はどの一覧にも現れない。" * 12

    def __init__(self, root: Path, seed: int) -> None:
        super().__init__(root, seed)
        self._write(root / "notesite.yaml", "base_url: https://example.org/\n")
        self.steps = [self.edit_end] * 25 + self.steps

    def edit_end(self) -> None:
        if note := self._some_note():
            words = self.random.choices(WORDS + FORMULAS[:3], k=self.random.randint(0, 4))
            start = note.read_text("utf-8").partition("終わり。")[0]
            self._write(note, f"{start}終わり。{' '.join(words)}\n")

    def _front(self) -> str:
        tags = self.random.sample(TAGS, self.random.randint(0, 2))
        return f"---\ntitle: T\ndate: 2025-01-{self.random.randint(1, 28)}\ntags: {tags}\n---\n"

    def _body(self) -> str:
        some = self.random.choice(["", "", "![[題]]", "[[n1]]", "## 見出し", self.LONG])
        return f"{self.LONG}\n\n{some}\n\n終わり。\n"


class Looks(History):
    """Mostly edits of what other pages show of a note: its title, its first words, its
    description. Some links ask for titles, and many notes are of one day, or of none."""

    def __init__(self, root: Path, seed: int) -> None:
        super().__init__(root, seed)
        for number in range(1, 8):
            self._write(root / f"notes/n{number}.md", self._front() + self._body())
        self._write(root / "notesite.yaml", "base_url: https://example.org/\n")
        self.steps = [self.edit_look] * 40 + self.steps

    def edit_look(self) -> None:
        if not (note := self._some_note()):
            return
        front, _, body = note.read_text("utf-8").partition("\n---\n")
        lines = front.split("\n")
        first, _, rest = body.strip().partition("\n\n")
        match self.random.choice(["title", "title", "description", "words", "end"]):
            case "title":
                lines = [self._title() if line.startswith("title") else line for line in lines]
            case "description":
                lines = [line for line in lines if not line.startswith("description")]
                lines += [f"description: About {self.random.choice(WORDS[:3])}"] * (len(lines) % 2)
            case "words":
                first = self._words()
            case "end":
                rest = rest.partition("終わり。")[0] + f"終わり。{self._words()}"
        self._write(note, "\n".join(lines) + f"\n---\n{first}\n\n{rest}\n")

    def _title(self) -> str:
        name = self.random.choice(["情報", "Entropy", "$x$ と"])
        return f"title: {name} {self.random.randint(0, 5)}"

    def _words(self) -> str:
        return " ".join(self.random.choices([*WORDS[:3], "$x^2$"], k=self.random.randint(1, 6)))

    def _front(self) -> str:
        random = self.random
        day = f"2025-01-{random.randint(1, 4):02}"
        lines = [self._title(), f"tags: {random.sample(TAGS, 2)}".replace("'", "")]
        lines += [f"date: {day}"] * (random.random() < 0.8) + ["series: S"] * (
            random.random() < 0.3
        )
        return "---\n" + "\n".join(lines) + "\n---\n"

    def _body(self) -> str:
        random = self.random
        rare = ["[[情報 1]]", "[[entropy 2|e]]", "[[n3#Entropy 3]]", "[[gone]]", "![[Entropy 4]]"]
        often = ["[[n1]] and [[n2]]", "## H\n\n[[n5]]", "[a](/n4.md)", "## 見出し", "", ""]
        some = random.choice(rare if random.random() < 0.1 else often)
        return f"{self._words()}\n\n{some}\n\n{random.choice(often)}\n\n終わり。\n"


def built(root: Path, output: Path | None = None, **options: Any) -> Report:
    """A build of the site at `root` on a fixed day."""
    asked = Options(jobs=1, **options)
    return build(root, output=output, options=asked, today=lambda config: TODAY)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder but notesite's own."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".notesite" not in file.relative_to(folder).parts
    }


def clean(root: Path, elsewhere: Path) -> tuple[Report, dict[str, bytes]]:
    """What a first build of this site makes, on a machine that has never seen it."""
    shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.copytree(root, elsewhere, ignore=shutil.ignore_patterns("public", ".notesite"))
    report = built(elsewhere)
    return report, tree(elsewhere / "public")
