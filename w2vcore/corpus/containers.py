"""Objects that people pass as a corpus but that do not yield sentences: tables, mappings, columns of text.

Such an object would be trained on the names of its columns, on its keys, or on single letters. Libraries for tables are
not dependencies, so their objects are recognised by their attributes. Every refusal shows the expression to write
instead, in which ``corpus`` (``df`` for a table) stands for what was passed.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Set
from typing import Any

_EXPECTED = "The corpus_iterable must be an iterable of lists of strings, got "

_PEEKED = 5  # values of a column that are checked: there may be gaps before the first text

# How to make sentences of a table: with a text in each row, with a word in each row, with a word in each field. The
# libraries that are not named here have pandas' methods.
_FROM_TABLES = {
    "pandas": ("df[{text!r}].str.split()", "df.groupby({group!r})[{text!r}].agg(list)", "df.values"),
    "polars": (
        "df[{text!r}].str.split(' ')",
        "df.group_by({group!r}, maintain_order=True).agg({text!r})[{text!r}]",
        "df.rows()",
    ),
    "pyarrow": (
        "[text.split() for text in df[{text!r}].to_pylist()]",
        "df.group_by({group!r}).aggregate([({text!r}, 'list')])[{text!r} + '_list']",
        "[list(row.values()) for row in df.to_pylist()]",
    ),
}


class IndexedCorpus:
    """The sentences of an object that gives them by number only, such as a dataset of PyTorch.

    It ends at its ``__len__``: Python itself would continue until ``__getitem__`` raises an IndexError, which many
    never do.

    Parameters
    ----------
    data : object with ``__getitem__`` and ``__len__``

    Examples
    --------
    >>> class Data:
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, number):
    ...         return ["word", str(number)]
    >>> list(IndexedCorpus(Data()))
    [['word', '0'], ['word', '1']]
    """

    def __init__(self, data: Any) -> None:
        self.data = data

    def __iter__(self) -> Iterator[Any]:
        for number in range(len(self.data)):
            yield self.data[number]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, number: int) -> Any:
        return self.data[number]


def is_indexed(corpus: Any) -> bool:
    """Whether an object gives sentences by number only; a mapping that cannot be iterated gives none."""
    kind = type(corpus)
    by_number = hasattr(kind, "__getitem__") and hasattr(kind, "__len__") and not hasattr(kind, "__iter__")
    return by_number and not hasattr(corpus, "keys") and not hasattr(corpus, "key_to_index")


def check_container(corpus: Any) -> None:
    """Refuse a corpus that does not give sentences when it is iterated.

    Raises
    ------
    TypeError
        For tables, mappings, groups of rows, and sets, arrays and columns of strings. (A list of strings is another
        matter: as in gensim, it is trained on, with a warning.)

    Examples
    --------
    >>> check_container({"one": ["a", "b"]})
    Traceback (most recent call last):
        ...
    TypeError: The corpus_iterable must be an iterable of lists of strings, got a dict, which gives its keys; \
for its values: list(corpus.values())
    """
    if not isinstance(corpus, (list, tuple)):
        check_rows(corpus)
        _check_flat(corpus)


def check_rows(corpus: Any) -> None:
    """Refuse an object whose iteration does not go row by row: a table, a mapping, or groups of rows."""
    what = misread(corpus)
    if what is None:
        return
    if isinstance(corpus, Mapping):
        advice = _from_mapping(corpus)
    elif isinstance(corpus, itertools.groupby):
        advice = "for their words: [list(group) for _, group in corpus]"
    elif (columns := _columns(corpus)) is not None:
        advice = _from_table(corpus, columns)
    elif getattr(corpus, "ndim", 1) == 1:
        advice = "for their words: corpus.agg(list)"
    else:
        advice = "for the words in one of the columns: corpus[column].agg(list)"
    raise TypeError(f"{_EXPECTED}{what}; {advice}")


def misread(value: Any) -> str | None:
    """Say what an object is and what iterating it gives, if not its rows; else return None.

    Examples
    --------
    >>> misread({"a": 1}), misread(["a"])
    ('a dict, which gives its keys', None)
    """
    if isinstance(value, Mapping):
        return f"{_a(type(value).__name__)}, which gives its keys"
    if isinstance(value, itertools.groupby) or (type(value).__name__.endswith("GroupBy") and hasattr(value, "agg")):
        return f"groups of rows ({type(value).__name__}), which come as pairs with their keys"
    columns = _columns(value)
    if columns is None:
        return None
    names = f"with the columns {_shown(columns)}" if columns else "without columns"
    return f"a table {names}, which does not give its rows"


def check_sentence(sentence: Any, number: int) -> None:
    """Refuse a sentence whose tokens would be the keys of a mapping or the columns of a table.

    Raises
    ------
    TypeError
    """
    if isinstance(sentence, os.PathLike):
        name = os.fspath(sentence)
        raise TypeError(f"sentence {number} is a path; for the sentences in a file pass LineSentence({name!r})")
    if isinstance(sentence, Mapping):
        texts = [key for key, value in sentence.items() if isinstance(value, str)]
        advice = f"for the words of one: [row[{texts[0]!r}].split() for row in corpus]" if texts else ""
        raise TypeError(
            f"sentence {number} is {_a(type(sentence).__name__)} with the keys {_shown(list(sentence))}; "
            f"{advice or 'pass lists of words'}"
        )
    columns = _columns(sentence)
    if columns is not None:
        raise TypeError(
            f"sentence {number} is {_a(type(sentence).__name__)}, a table with the columns {_shown(columns)}; pass "
            "lists of words"
        )


def words_of(sentence: Any, number: int) -> list[Any]:
    """Return the tokens of a sentence; a string is not a sentence.

    Raises
    ------
    TypeError
        If it is a string, bytes, a mapping, a table, or cannot be iterated.

    Examples
    --------
    >>> words_of("some words", 0)
    Traceback (most recent call last):
        ...
    TypeError: sentence 0 is 'some words'; pass a list of words, e.g. s.split()
    """
    if isinstance(sentence, (str, bytes)):
        raise TypeError(f"sentence {number} is {sentence!r:.60}; pass a list of words, e.g. s.split()")
    check_sentence(sentence, number)
    return list(values_of(sentence))


def values_of(sentence: Any) -> Any:
    """Return an array of any library (NumPy, PyTorch, pandas, PyArrow) as Python's values; anything else as it is.

    Iteration of some of these gives wrapped values that are equal only to themselves.

    Examples
    --------
    >>> import array
    >>> values_of(array.array("i", [1, 2])), values_of(("a", "b"))
    ([1, 2], ('a', 'b'))
    """
    for method in ("tolist", "to_pylist", "as_py"):
        if hasattr(sentence, method):
            values = getattr(sentence, method)()
            return values if isinstance(values, (list, tuple)) else sentence
    return sentence


def _columns(value: Any) -> list[Any] | None:
    """Return the names of a table's columns; None if it is not a table."""
    kind = type(value)
    if hasattr(kind, "columns") and hasattr(kind, "dtypes"):
        # polars warns about the columns of a table that is not computed yet
        return list(value.collect_schema().names() if hasattr(kind, "collect_schema") else value.columns)
    if hasattr(kind, "column_names") and hasattr(kind, "schema"):
        return list(value.column_names)
    return None


def _from_table(table: Any, columns: list[Any]) -> str:
    """Say how to make sentences of a table, with the names of its columns."""
    if hasattr(table, "collect"):
        return "it is not computed yet: df.collect()"
    of_texts, of_words, of_fields = _FROM_TABLES.get(type(table).__module__.split(".")[0], _FROM_TABLES["pandas"])
    texts = [name for name in columns if _holds_text(table, name)]
    if not texts:
        return f"for its rows: {of_fields}"
    advice = f"with a text in each row: {of_texts.format(text=texts[-1])}"
    others = [name for name in columns if name != texts[-1]]
    if others:
        advice += f"; with a word in each row: {of_words.format(group=others[0], text=texts[-1])}"
    return advice


def _holds_text(table: Any, name: Any) -> bool:
    try:
        return _first_text(table[name]) is not None
    except Exception:  # a table that does not reveal its columns, or not yet
        return False


def _from_mapping(corpus: Mapping[Any, Any]) -> str:
    """Say how to make sentences of a mapping or a counter."""
    key, value = next(iter(corpus.items()), (None, None))
    if isinstance(value, str):
        return "for its values: [text.split() for text in corpus.values()]"
    if not hasattr(type(value), "__index__"):
        return "for its values: list(corpus.values())"
    if isinstance(key, tuple):
        return "for its keys: list(corpus)"
    return "if it counts words: model.build_vocab_from_freq(corpus)"


def _check_flat(corpus: Any) -> None:
    """Refuse sets, arrays and columns of strings."""
    boxed = hasattr(corpus, "to_pylist")
    typed = hasattr(corpus, "dtype") and getattr(corpus, "ndim", 1) == 1
    if not (boxed or typed or isinstance(corpus, Set)) or _first_text(corpus) is None:
        return
    values = "corpus.to_pylist()" if boxed else "sorted(corpus)" if isinstance(corpus, Set) else "corpus"
    words = "list(corpus)" if values == "corpus" else values
    raise TypeError(
        f"{_EXPECTED}strings in {_a(type(corpus).__name__)}, each of which would be a sentence of letters; for texts: "
        f"[text.split() for text in {values}]; for the words of one sentence: [{words}]"
    )


def _first_text(values: Any) -> str | None:
    """Return the first str among the first few values."""
    first = (value.as_py() if hasattr(value, "as_py") else value for value in itertools.islice(values, _PEEKED))
    return next((value for value in first if isinstance(value, str)), None)


def _shown(names: list[Any]) -> str:
    return ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "AEIOUaeiou" or name == "ndarray" else f"a {name}"
