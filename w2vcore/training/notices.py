"""What a user is told of a training that goes on all the same: in the log, and as a warning at the user's own line."""

from __future__ import annotations

import logging
import sys
import warnings

logger = logging.getLogger("w2vcore.word2vec")

_PACKAGE = __name__.partition(".")[0]


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
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)
