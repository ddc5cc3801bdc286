"""Warnings about a training that continues: in the log, and through `warnings` at the user's line."""

from __future__ import annotations

import logging

from w2vcore.corpus.warning import warn

logger = logging.getLogger("w2vcore.word2vec")


def notify(message: str) -> None:
    """Log a warning, and issue it at the line of user code that called this library.

    Warns
    -----
    UserWarning

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     notify("nothing was trained")
    >>> str(caught[0].message)
    'nothing was trained'
    """
    logger.warning(message)
    warn(message)
