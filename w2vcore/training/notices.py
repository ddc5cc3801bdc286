"""What a user is told of a training that goes on all the same: in the log, and as a warning at the user's own line."""

from __future__ import annotations

import logging

from w2vcore.corpus.warning import warn

logger = logging.getLogger("w2vcore.word2vec")


def notify(message: str) -> None:
    """Log a warning, and warn of it where this library was called, however deep inside of it that was noticed.

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
