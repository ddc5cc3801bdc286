"""How a notebook shows vectors: their size, and the neighbours of some keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2vcore.facade import notebook

_KEYS, _NEIGHBOURS = 5, 4
_SKIPPED = 50  # the most frequent words of a text: "the" and its like say little
_LARGEST = 1 << 28  # numbers of a matrix; reading a larger one would make a notebook wait


def parts(wv: Any, what: str = "keys") -> tuple[list[tuple[str, Any]], str]:
    """Return names with values, and a table of neighbours."""
    size = wv.vectors.nbytes / 1e6
    facts = [(what, len(wv)), ("numbers each", wv.vector_size), ("MB", float(f"{size:.3g}"))]
    return facts, notebook.table(["key", "near it", "cosine"], _neighbours(wv))


def _neighbours(wv: Any) -> list[list[Any]]:
    """Return lines of a key, its neighbours, and the cosine of the nearest one, for keys of different frequency."""
    count = len(wv)
    if count < 2 or wv.vectors.size > _LARGEST or not np.isfinite(wv.vectors).all():
        return []
    first = min(_SKIPPED, count // 10)
    rows = np.unique(np.geomspace(first + 1, min(count, 2_000), _KEYS).astype(int) - 1)
    lines = []
    for row in rows.tolist():
        key = wv.index_to_key[row]
        if key is None or not wv.vectors[row].any():
            continue
        near = wv.most_similar(key, topn=_NEIGHBOURS)
        lines.append([str(key), ", ".join(str(other) for other, _ in near), float(near[0][1])])
    return lines
