"""The names of two Pygments styles -> one style sheet for code, light and dark.

Every colour keeps a contrast of 4.5 : 1 (WCAG AA) to its style's background: one that does not is
moved towards black or white until it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pygments.style import StyleMeta
from pygments.styles import STYLE_MAP, get_style_by_name
from pygments.token import STANDARD_TYPES, Token

CONTRAST = 4.5
UNSTYLED = frozenset(["w", "n", "p"])  # not worth their bytes: styles leave them as text
_UNSET = {"color": "inherit", "font-weight": "inherit", "font-style": "inherit"}

Rules = dict[str, dict[str, str]]  # class -> property -> value; "" is the block itself


def css(light: str, dark: str) -> str:
    """The style sheet: `light` by default, `dark` by the page's data-theme, else by the system.

    Raises ValueError, which lists the names, for a style that Pygments does not have.
    """
    day, night = _rules(_style(light)), _rules(_style(dark))
    for name in day:
        night[name] = {key: _UNSET[key] for key in day[name] if key in _UNSET} | night.get(name, {})
    shared = (
        ".code :is(.ins, .del) { display: block; }\n"
        ".code .ins { background-color: color-mix(in srgb, #2da44e 18%, transparent); }\n"
        ".code .del { background-color: color-mix(in srgb, #cf222e 18%, transparent); }\n"
    )
    by_theme = _sheet(night, ":root[data-theme=dark] ")
    by_system = _sheet(night, ":root:not([data-theme=light]) ")
    return (
        f"{_sheet(day, '')}{shared}{by_theme}"
        f"@media (prefers-color-scheme: dark) {{\n{by_system}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (`#rrggbb`), from 1 to 21, as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _style(name: str) -> StyleMeta:
    if (
        name not in STYLE_MAP
    ):  # not get_all_styles, which knows plugins that another machine has not
        near = get_close_matches(name, STYLE_MAP, 1)
        maybe = f' (did you mean "{near[0]}"?)' if near else ""
        raise ValueError(
            f'there is no style "{name}"{maybe}; there are {", ".join(sorted(STYLE_MAP))}'
        )
    return get_style_by_name(name)


def _rules(style: StyleMeta) -> Rules:
    background = _long(str(vars(style).get("background_color", "#ffffff")))
    text = style.style_for_token(Token)["color"]
    ink = f"#{text}" if text else "#000000" if _luminance(background) > 0.18 else "#ffffff"
    rules: Rules = {"": {"background-color": background, "color": _readable(ink, background)}}
    for token_type, definition in style:
        name = STANDARD_TYPES.get(token_type)
        if not name or name in UNSTYLED:
            continue
        own = f"#{definition['bgcolor']}" if definition["bgcolor"] else ""
        rule = {}
        if definition["color"]:
            rule["color"] = _readable(f"#{definition['color']}", own or background)
        if own and own != background:
            rule["background-color"] = own
        if definition["bold"]:
            rule["font-weight"] = "bold"
        if definition["italic"]:
            rule["font-style"] = "italic"
        if rule and rule != {"color": rules[""]["color"]}:
            rules[name] = rule
    return rules


def _sheet(rules: Rules, scope: str) -> str:
    """Classes that look alike share a rule."""
    alike: dict[str, list[str]] = {}
    for name, rule in rules.items():
        if name:
            alike.setdefault(_written(rule), []).append(f".{name}")
    block = f"{scope}.code, {scope}.code pre {{ {_written(rules[''])} }}\n"
    return block + "".join(
        f"{scope}.code :is({', '.join(names)}) {{ {rule} }}\n" for rule, names in alike.items()
    )


def _written(rule: Mapping[str, str]) -> str:
    return " ".join(f"{key}: {value};" for key, value in sorted(rule.items()))


# --- colours --------------------------------------------------------------------------------------


def _readable(colour: str, background: str) -> str:
    """The colour, moved in steps away from the background until it can be read on it."""
    target = 0 if _luminance(background) > 0.18 else 255
    colour, background = _long(colour), _long(background)
    channels = _channels(colour)
    for step in range(21):
        moved = _hex(value + (target - value) * step / 20 for value in channels)
        if contrast(moved, background) >= CONTRAST:
            return moved
    return moved


def _long(colour: str) -> str:
    """`#fff` -> `#ffffff`."""
    return "#" + "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour.lower()


def _channels(colour: str) -> list[int]:
    return [int(_long(colour)[i : i + 2], 16) for i in (1, 3, 5)]


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(value):02x}" for value in channels)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
