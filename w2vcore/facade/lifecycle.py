"""What happened to an object, and when: a list of events that is saved with it."""

from __future__ import annotations

import copy
import json
import logging
import platform
from datetime import datetime
from typing import Any

from w2vcore._version import __version__

logger = logging.getLogger("w2vcore.word2vec")


class Lifecycle:
    """Keeps `lifecycle_events`: a list of dicts, or None, which switches it off."""

    lifecycle_events: list[dict[str, Any]] | None

    def add_lifecycle_event(self, event_name: str, log_level: int | None = logging.INFO, **event: Any) -> None:
        """Append an event to `lifecycle_events`, and log it.

        Parameters
        ----------
        event_name : str
        log_level : int or None
            Level of the log line; None or 0 writes none.
        **event
            What else to remember: numbers, text, lists and dicts. Anything else is saved as its ``repr``.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec()
        >>> model.add_lifecycle_event("reviewed", by="Ada")
        >>> model.lifecycle_events[-1]["event"], model.lifecycle_events[-1]["by"]
        ('reviewed', 'Ada')
        """
        entry = copy.deepcopy(event)
        entry.update(
            datetime=datetime.now().astimezone().isoformat(),
            w2vcore=__version__,
            python=platform.python_version(),
            platform=platform.platform(),
            event=event_name,
        )
        if log_level:
            logger.log(log_level, "%s lifecycle event %s", type(self).__name__, entry)
        events = getattr(self, "lifecycle_events", [])
        if events is not None:
            events.append(entry)
            self.lifecycle_events = events


def plain_events(events: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Return events in a form that JSON can hold.

    Examples
    --------
    >>> plain_events([{"event": "x", "by": {1, 2}}])
    [{'event': 'x', 'by': '{1, 2}'}]
    """
    plain: list[dict[str, Any]] | None = json.loads(json.dumps(events, default=repr))
    return plain
