"""Pages in one file: a template that includes its styles, its scripts and its data.

Such a page is opened from disk, without a network, and must be safe whatever the keys are. So the data are in a block
that browsers do not run, with every ``<`` escaped, and a content security policy names the scripts by their digests:
nothing else runs, and nothing is fetched or sent.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.atomic import PathLike, atomic_write
from w2vcore.query.similarity import unit

TEMPLATES = resources.files(__package__) / "templates"

_PLACE = re.compile(r"<!-- w2vcore:(\w+) -->")
_LARGEST_INT8 = 127


def build(name: str, scripts: Sequence[str], title: str, data: dict[str, Any]) -> str:
    """Return a page.

    Parameters
    ----------
    name : str
        Of the template, NAME.html, which begins with head.html, and of its styles, NAME.css, which follow common.css.
    scripts : sequence of str
        Files that together are the page's program.
    title : str
    data : dict
        What the program finds in ``data``; arrays as `packed` returns them.
    """
    program = "\n".join(['"use strict";', *(_read(script) for script in scripts)])
    contents = {
        "title": html.escape(title),
        "policy": _policy(program),
        "styles": f"<style>\n{_read('common.css')}\n{_read(name + '.css')}</style>",
        "data": f'<script type="application/json" id="data">{_json(data)}</script>',
        "program": _script(program),
    }
    template = _read(f"{name}.html").replace("<!-- w2vcore:head -->\n", _read("head.html"))
    return _PLACE.sub(lambda place: contents[place[1]], template)


def write(page: str, path: PathLike) -> None:
    """Write a page completely or not at all."""
    with atomic_write(path) as file:
        file.write(page.encode())


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """Return an array as its shape, its type and its bytes in base64, lowest byte first.

    Examples
    --------
    >>> packed(np.array([[1, 2]], np.int8))
    {'shape': [1, 2], 'type': 'int8', 'base64': 'AQI='}
    """
    table = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {
        "shape": list(table.shape),
        "type": table.dtype.name,
        "base64": base64.b64encode(table.tobytes()).decode("ascii"),
    }


def quantised(vectors: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return vectors, scaled to length 1, as small integers, and for each row the factor that restores the numbers.

    Each row has a factor of its own. The error of a component is at most half a step, a 254th of the row's largest
    component. The errors of the components are nearly independent and cancel, so a cosine is wrong by some thousandths.

    Parameters
    ----------
    vectors : ndarray, shape (n, D)
        Of any length; zero vectors stay zero.

    Examples
    --------
    >>> numbers, scales = quantised(np.array([[3.0, 4.0], [0.0, 0.0]]))
    >>> numbers.tolist(), (numbers * scales.astype(float)[:, None]).round(3).tolist()
    ([[95, 127], [0, 0]], [[0.598, 0.8], [0.0, 0.0]])
    """
    table = unit(np.asarray(vectors, np.float32))
    scales = np.abs(table).max(axis=1, initial=0.0) / _LARGEST_INT8
    numbers = np.rint(table / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    return numbers, scales.astype(np.float32)


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf8")


def _json(data: dict[str, Any]) -> str:
    """Return JSON in ASCII that no HTML parser can take for a tag, or for the end of its block."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _script(source: str) -> str:
    return f"<script>{_closed(source)}</script>"


def _closed(source: str) -> str:
    """Escape the strings in a script that would end it."""
    return re.sub(r"</(script)", r"<\\/\1", source, flags=re.IGNORECASE)


def _policy(program: str) -> str:
    """Return the content security policy that lets this script run, and no other."""
    digest = base64.b64encode(hashlib.sha256(_closed(program).encode()).digest()).decode()
    scripts = f"default-src 'none'; script-src 'sha256-{digest}'"
    policy = f"{scripts}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
