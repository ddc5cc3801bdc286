"""Facade: pictures of vectors. Each module is one kind of picture.

`explore` and `watch` write pages. `KeyedVectors.plot` and `KeyedVectors.export_projector` call the others.
"""

from w2vcore.visual.explorer import explore
from w2vcore.visual.watcher import watch

__all__ = ["explore", "watch"]
