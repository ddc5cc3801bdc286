"""What an architecture is: it chooses the input rows of a window, and the shape of the block."""

from __future__ import annotations

from typing import ClassVar

from ._windows import WindowWorker


class Architecture:
    """Names the class of its workers; every other difference is inside that class.

    Attributes
    ----------
    name : str
        Key in the registry.
    worker : type
        The `WindowWorker` whose units are this architecture's.
    """

    name: ClassVar[str]
    worker: ClassVar[type[WindowWorker]]
