"""gensim's saved `Phrases` and `FrozenPhrases` (`Phraser`), of all versions, in the shape that `phrases_file` gives.

Before gensim 4, words were kept as UTF-8 bytes, the words of a phrase as a tuple of them, and its score in some
versions after its count; some of today's attributes had other names or did not exist.
"""

from __future__ import annotations

from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.gensim_save import Save, open_save
from w2vcore.formats.inert_objects import Global, Record
from w2vcore.formats.phrases_file import COUNTED, FROZEN

_KINDS = {"Phrases": COUNTED, "Phraser": FROZEN, "FrozenPhrases": FROZEN}
_SCORERS = {"gensim.models.phrases.original_scorer": "default", "gensim.models.phrases.npmi_scorer": "npmi"}
_DEFAULTS = {"max_vocab_size": 40_000_000, "progress_per": 10_000, "min_reduce": 1, "corpus_word_count": 0}
_LARGEST_COUNT = 1 << 63


def read(source: PathLike | IO[bytes]) -> tuple[str, dict[str, Any], CompactKeys, NDArray[Any]]:
    """Return kind, settings, keys and values, as `phrases_file.read` does.

    Parameters
    ----------
    source : str, path-like or binary file

    Raises
    ------
    ValueError, FileNotFoundError
        As `gensim_save.open_save`; also if the file holds no phrases.
    """
    save = open_save(source)
    root = save.root
    kind = _KINDS.get(root.name.removeprefix("gensim.models.phrases."))
    if kind is None:
        raise ValueError(f"{save.name}: the file holds a {root.name}, not phrases")
    settings = _settings(root, save)
    if kind == COUNTED:
        settings |= {name: _count(root.get(name, default), name, save) for name, default in _DEFAULTS.items()}
        counts = _table(root, "vocab", save)
        keys = [_text(key, save) for key in counts]
        values: NDArray[Any] = np.array([_count(count, "a count", save) for count in counts.values()], np.int64)
    else:
        scores = _table(root, "phrasegrams", save)
        keys = [_phrase(key, settings["delimiter"], save) for key in scores]
        values = np.array([_score(score, save) for score in scores.values()], np.float64)
    packed = CompactKeys.of(keys)
    repeated = packed.first_repeated()
    if repeated is not None:
        raise ValueError(f"{save.name}: the key {repeated[:60]!r} occurs twice; the file is damaged")
    return kind, settings, packed, values


def _settings(root: Record, save: Save) -> dict[str, Any]:
    """Return the settings that `phrases_file` keeps for both kinds."""
    connectors = root.get("connector_words", root.get("common_terms")) or ()
    if not isinstance(connectors, (set, frozenset, list, tuple)):
        raise ValueError(f"{save.name}: the connector words are a {type(connectors).__name__}; the file is damaged")
    scoring, scoring_name = _scoring(root.get("scoring"), save)
    numbers = {name: _number(root.get(name), name, save) for name in ("min_count", "threshold")}
    return {
        **numbers,
        "delimiter": _text(root.get("delimiter"), save),
        "connector_words": sorted(_text(word, save) for word in connectors),
        "scoring": scoring,
        "scoring_name": scoring_name,
    }


def _scoring(stored: Any, save: Save) -> tuple[str | None, str]:
    """Return the name of a built-in scorer, or None, and what the file calls it."""
    if isinstance(stored, Global):
        known = _SCORERS.get(stored.name)
        return known, known or stored.name.rpartition(".")[2]
    if stored is None or stored in tuple(_SCORERS.values()):  # of the first versions
        return stored or "default", stored or "default"
    raise ValueError(f"{save.name}: the scoring is a {type(stored).__name__}; the file is damaged")


def _number(value: Any, what: str, save: Save) -> float:
    value = value.item() if isinstance(value, np.generic) else value
    if type(value) is not float and (type(value) is not int or abs(value) >= _LARGEST_COUNT):
        raise ValueError(f"{save.name}: {what} is a {type(value).__name__}; the file is damaged")
    number: float = value
    return number


def _count(value: Any, what: str, save: Save) -> int:
    number = _number(value, what, save)
    if type(number) is not int or not 0 <= number < _LARGEST_COUNT:
        raise ValueError(f"{save.name}: {what} is {number:.6g}; the file is damaged")
    return number


def _table(root: Record, attribute: str, save: Save) -> dict[Any, Any]:
    table = root.get(attribute)
    if not isinstance(table, dict):
        raise ValueError(f"{save.name}: {attribute} is a {type(table).__name__}; the file is damaged")
    return table


def _text(value: Any, save: Save) -> str:
    """Return a word: a str, or before gensim 4 its UTF-8 bytes, which arrive as Latin-1 if Python 2 wrote them."""
    if isinstance(value, str):
        if "connector_words" in save.root.state:
            return value
        try:
            value = value.encode("latin-1")
        except UnicodeEncodeError:
            return str(value)
    if not isinstance(value, (bytes, memoryview)):
        raise ValueError(f"{save.name}: a word is a {type(value).__name__}; the file is damaged")
    try:
        return str(value, "utf8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{save.name}: the word {bytes(value[:60])!r} is not UTF-8: {error.reason}") from None


def _phrase(key: Any, delimiter: str, save: Save) -> str:
    """Return a phrase, given joined or as its words."""
    if not isinstance(key, tuple):
        return _text(key, save)
    words = [_text(word, save) for word in key]
    save.spend(sum(map(len, words)) + len(delimiter) * len(words))
    return delimiter.join(words)


def _score(score: Any, save: Save) -> float:
    """Return a score, given alone or after a count."""
    return _number(score[-1] if isinstance(score, tuple) and len(score) == 2 else score, "a score", save)
