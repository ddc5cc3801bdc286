"""How a notebook shows an object: what it is, how it was made, how its loss fell, and what it knows.

Everything is plain HTML in the notebook's own colours. Texts are escaped: a word may be markup.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from typing import Any

WIDTH, HEIGHT = 240, 56  # pixels of a curve
_LONGEST = 40  # characters of a word

Row = Sequence[Any]


def card(title: str, facts: Iterable[tuple[str, Any]], *parts: str) -> str:
    """Return HTML: a title, names with values, and further parts.

    Examples
    --------
    >>> print(card("Vectors", [("words", 5), ("<b>", None)]))
    <div style="max-width:44em"><strong>Vectors</strong> <span style="opacity:.7">words 5</span></div>
    """
    known = " · ".join(f"{_text(name)} {_text(_readable(value))}" for name, value in facts if value is not None)
    head = f"<strong>{_text(title)}</strong> " if title else ""
    return f'<div style="max-width:44em">{head}<span style="opacity:.7">{known}</span>' + "".join(parts) + "</div>"


def table(names: Row, rows: Iterable[Row]) -> str:
    """Return HTML: a line of names, and lines of texts and numbers; nothing without lines.

    Examples
    --------
    >>> table(["word"], [])
    ''
    >>> "&lt;b&gt;</td>" in table(["word"], [["<b>"]])
    True
    """
    lines = "".join(f"<tr>{''.join(_cell('td', value) for value in row)}</tr>" for row in rows)
    head = "".join(_cell("th", name) for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>" if lines else ""


def curve(name: str, values: Sequence[float | None]) -> str:
    """Return HTML: a curve as SVG with its first and last value; nothing with fewer than two values.

    Examples
    --------
    >>> curve("loss", [3.0, None])
    ''
    >>> 'points="2.0,2.0 238.0,54.0"' in curve("loss", [3.0, 1.0])
    True
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    steps = max(1, len(values) - 1)

    def point(place: int, value: float) -> str:
        up = (value - low) / (high - low) if high > low else 0.5
        return f"{2 + place / steps * (WIDTH - 4):.1f},{2 + (1 - up) * (HEIGHT - 4):.1f}"

    points = " ".join(point(place, value) for place, value in known)
    said = f"{name} by epoch: {known[0][1]:.3f} to {known[-1][1]:.3f}"
    return (
        f'<div><svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{_text(said)}">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/></svg> '
        f'<span style="opacity:.7">{_text(said)}</span></div>'
    )


def _cell(tag: str, value: Any) -> str:
    side = "right" if isinstance(value, (int, float)) else "left"
    return f'<{tag} style="text-align:{side}">{_text(_readable(value))}</{tag}>'


def _readable(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _text(value: str) -> str:
    shown = value if len(value) <= _LONGEST * 3 else value[: _LONGEST * 3 - 1] + "…"
    return html.escape(shown.encode("utf8", "replace").decode("utf8"))
