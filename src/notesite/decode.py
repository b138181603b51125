"""The bytes of a note -> its text, or the problem that makes it unreadable.

UTF-8 only; a byte order mark and any line ends are accepted. What else it may be is guessed for the
message.
"""

from __future__ import annotations

from notesite.nodes import CONTROLS, FieldError


def decode(content: bytes) -> str:
    """The text, with `\\n` line ends. Raises FieldError at the first byte that is not text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        kind = "UTF-32" if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) else "UTF-16"
        raise FieldError(f"this file is {kind}, not UTF-8", 1, 1, "save it as UTF-8")
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04")):
        raise FieldError(
            "this file is not text", 1, 1, "give it the file name extension it should have"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(content[: error.start].decode("utf-8", "replace"))
        raise FieldError(
            "this is not UTF-8" + _guess(content), line, column, "save it as UTF-8"
        ) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if bad := CONTROLS.search(text):
        line, column = _place(text[: bad.start()])
        code = ord(bad[0])
        looks = " (this looks like ISO-2022-JP)" if code == 0x1B else ""
        message = f"the control character U+{code:04X} cannot stand in a note{looks}"
        raise FieldError(message, line, column, "delete it, or save the file as UTF-8 text")
    return text


def _place(before: str) -> tuple[int, int]:
    before = before.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _guess(content: bytes) -> str:
    """` (it looks like Shift_JIS)`: the encoding under which most of it is Japanese, or nothing."""
    best, score = "", 0.5
    for encoding in ("shift_jis", "euc_jp"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [c for c in text if ord(c) > 0x7F]
        if len(wide) < 2:
            continue  # two broken bytes are a character of some encoding, too
        share = sum("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in wide) / max(
            len(wide), 1
        )
        if share > score:
            best, score = {"shift_jis": "Shift_JIS", "euc_jp": "EUC-JP"}[encoding], share
    return f" (it looks like {best})" if best else ""
