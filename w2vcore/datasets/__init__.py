"""Small corpora that come with the package.

``shakespeare.txt`` is "tiny Shakespeare": 40,000 lines (1.1 MB, about 200,000 words) of the plays of William
Shakespeare, as collected by Andrej Karpathy for char-rnn in 2015 and used since by the TensorFlow tutorial on word2vec.
The text is in the public domain. Each speech begins with its speaker, and an empty line ends it.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

__all__ = ["shakespeare"]


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
