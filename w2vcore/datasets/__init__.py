"""Small corpora that come with the package.

``shakespeare.txt`` is "tiny Shakespeare": 40,000 lines (1.1 MB, about 200,000 words) of the plays of William
Shakespeare, as collected by Andrej Karpathy for char-rnn in 2015 and used since by the TensorFlow tutorial on word2vec.
The text is in the public domain. Each speech begins with its speaker, and an empty line ends it.

``analogies.txt``: 3,146 questions "a is to b as c is to d" in 12 sections, laid out as word2vec's questions-words.txt,
written for this package: any two of the pairs of a section make two questions. A model of a small text knows some of
the words; for figures to compare with those of papers take Google's questions.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

__all__ = ["analogies", "shakespeare"]


@cache
def _path(name: str) -> Path:
    # as_file unpacks a file of a zipped package for as long as the stack is open: here, until Python exits
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(as_file(files(__name__) / name))


def shakespeare() -> Path:
    """Return the path of "tiny Shakespeare", a UTF-8 text file with capitals and punctuation as printed.

    Examples
    --------
    >>> from w2vcore import datasets
    >>> with datasets.shakespeare().open(encoding="utf8") as text:
    ...     print(next(text), end="")
    First Citizen:
    """
    return _path("shakespeare.txt")


def analogies() -> Path:
    """Return the path of a set of analogies, for `KeyedVectors.evaluate_word_analogies`.

    Examples
    --------
    >>> from w2vcore import datasets
    >>> with datasets.analogies().open(encoding="utf8") as questions:
    ...     print(next(questions) + next(questions), end="")
    : capital of a country
    Athens Greece Beijing China
    """
    return _path("analogies.txt")
