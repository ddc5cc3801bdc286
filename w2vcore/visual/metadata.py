"""What else is known of keys: titles, categories, numbers; from a table, a dict or a file.

A dict has a title for each key, ``{2872: "Blue mug"}``, or columns, ``{2872: {"title": "Blue mug", "price": 9}}``. A
DataFrame has the keys in its index, or in a column "key", "id", "item" or the like. A file begins with a line of names;
its keys are in a column of such a name, or in the first one.
"""

from __future__ import annotations

import csv
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import key_text
from w2vcore.formats.atomic import expanded
from w2vcore.visual.labels import label

KEYS = ("key", "id", "item", "item_id", "word", "token")  # names of a column of keys
TITLES = ("title", "name", "label")  # names of a column that is shown in place of keys
OTHER = "other"
_MOST = 40  # categories that a legend lists
_MISSING = ("", "nan", "none", "null", "na", "n/a")


@dataclass(frozen=True)
class Column:
    """What is known of some keys under a name.

    Attributes
    ----------
    name : str
    texts : list of str
        One for each key; "" where nothing is known.
    numbers : ndarray, shape (n,), or None
        The same as numbers, NaN where nothing is known; None if they are no numbers.
    """

    name: str
    texts: list[str]
    numbers: NDArray[np.float64] | None

    def categories(self) -> tuple[NDArray[np.uint8], list[str]] | None:
        """Return the number of each key's category, 255 where none is known, and their names, the most frequent first.

        None if there are so many that they group nothing: more than 40, and rare ones that most keys have.

        Examples
        --------
        >>> labels, names = column("colour", ["red", "blue", None, "red"]).categories()
        >>> labels.tolist(), names
        ([0, 1, 255, 0], ['red', 'blue'])
        """
        counts = Counter(text for text in self.texts if text)
        if not counts:
            return None
        names = [text for text, _ in counts.most_common(_MOST)]
        if len(counts) > _MOST:
            names.pop()
            if 2 * sum(counts[name] for name in names) < counts.total():
                return None
            names.append(OTHER)
        number = {name: place for place, name in enumerate(names)}
        rest = number.get(OTHER, 255)
        return np.array([number.get(text, rest if text else 255) for text in self.texts], np.uint8), names


@dataclass(frozen=True)
class Metadata:
    """Titles, or None, and further columns, of some keys."""

    titles: list[str] | None
    columns: list[Column]

    def column(self, name: str) -> Column:
        """Return a column by its name.

        Raises
        ------
        ValueError
            If there is none.
        """
        for each in self.columns:
            if each.name == name:
                return each
        known = ", ".join(repr(each.name) for each in self.columns) or "no columns"
        raise ValueError(f"metadata has no column {name!r}; it has {known}")


def column(name: str, values: Iterable[Any]) -> Column:
    """Return a column of values of any kind."""
    texts = ["" if _is_missing(value) else str(value).strip() for value in values]
    return Column(name, texts, _numbers(texts))


def _is_missing(value: Any) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return str(value).strip().lower() in _MISSING or str(value) in ("NaT", "<NA>")


def _numbers(texts: list[str]) -> NDArray[np.float64] | None:
    """Return texts as numbers, if all of them are."""
    try:
        numbers = np.array([float(text) if text else math.nan for text in texts])
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).any() and not np.isinf(numbers).any() else None


def metadata_of(metadata: Any, keys: Sequence[Any]) -> Metadata:
    """Return what is known of some keys.

    Parameters
    ----------
    metadata : Mapping, DataFrame, str, path-like or None
        See the head of this module. Keys are compared as they are, and then as texts, so that "2872" of a file is the
        key 2872.
    keys : sequence

    Raises
    ------
    TypeError
        For anything else.
    ValueError
        If nothing is known of any of the keys, or a file has no columns.
    OSError
        If a file cannot be read.

    Examples
    --------
    >>> found = metadata_of({7: {"title": "Blue mug", "price": 9.5}, 8: {"title": "Cap"}}, [8, 7, 9])
    >>> found.titles, [(each.name, each.texts) for each in found.columns]
    (['Cap', 'Blue mug', ''], [('price', ['', '9.5', ''])])
    """
    if metadata is None:
        return Metadata(None, [])
    records = _records(metadata)
    by_text = {key_text(key): record for key, record in records.items()}
    found = [records.get(key) or by_text.get(key_text(key)) or {} for key in keys]
    if not any(found):
        theirs, ours = (", ".join(repr(key) for key in list(some)[:3]) for some in (records, keys))
        raise ValueError(f"metadata has none of the keys of wv that are shown, {ours}, ...: its keys are {theirs}, ...")
    names = dict.fromkeys(name for record in found for name in record)
    title = next((name for wanted in TITLES for name in names if str(name).lower() == wanted), None)
    columns = [column(str(name), [record.get(name) for record in found]) for name in names if name != title]
    titles = None if title is None else column("title", [record.get(title) for record in found]).texts
    return Metadata(titles, [each for each in columns if any(each.texts)])


def _records(metadata: Any) -> dict[Any, Mapping[Any, Any]]:
    """Return a dict of columns for each key."""
    if isinstance(metadata, (str, os.PathLike)):
        return _from_file(Path(expanded(metadata)))
    if isinstance(metadata, Mapping):
        return {key: value if isinstance(value, Mapping) else {TITLES[0]: value} for key, value in metadata.items()}
    if hasattr(metadata, "to_dict") and hasattr(metadata, "columns") and hasattr(metadata, "index"):
        name = next((each for wanted in KEYS for each in metadata.columns if str(each).lower() == wanted), None)
        keys = metadata.index if name is None else metadata[name]
        rows = metadata.drop(columns=[] if name is None else [name]).to_dict("records")
        return dict(zip(keys, rows, strict=True))
    raise TypeError(
        f"metadata must be a dict by key, a DataFrame or the path of a .tsv or .csv file, got {type(metadata).__name__}"
    )


def _from_file(path: Path) -> dict[Any, Mapping[Any, Any]]:
    comma = path.suffix.lower() == ".csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file) if comma else csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = next(lines, [])
        if len(names) < 2:
            raise ValueError(
                f"metadata={str(path)!r} must begin with a line of two names or more, between "
                f"{'commas' if comma else 'tabs'}, got {names!r:.80}"
            )
        at = next((names.index(each) for wanted in KEYS for each in names if each.lower() == wanted), 0)
        return {
            line[at]: {name: value for place, (name, value) in enumerate(zip(names, line, strict=False)) if place != at}
            for line in lines
            if len(line) > at
        }


def shown_names(names: Sequence[str], titles: Sequence[str] | None) -> list[str]:
    """Return titles where there are any, else the names of keys; titles that occur twice with the key behind them.

    Examples
    --------
    >>> shown_names(["7", "8", "9"], ["Mug", "Mug", ""])
    ['Mug (7)', 'Mug (8)', '9']
    """
    if titles is None:
        return list(names)
    often = Counter(titles)
    return [
        name if not title else label(f"{title} ({name})" if often[title] > 1 else title)
        for name, title in zip(names, titles, strict=True)
    ]
