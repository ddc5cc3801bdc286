"""The axes of a map of words: matplotlib's, which can be saved and which notebooks show. Needs matplotlib."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes

from w2vcore.formats.atomic import PathLike

DOTS_SHOWN = 110  # per inch, in a notebook


class WordAxes(Axes):
    """Axes of `KeyedVectors.plot`."""

    def save(self, path: PathLike) -> Any:
        """Write the picture; the extension names its format. Equal pictures are equal files.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If matplotlib cannot write such a file.
        """
        from w2vcore.visual.plots import save

        return save(self, path)

    def _repr_png_(self) -> bytes | None:
        """Show the picture in a notebook; None if its figure is one of pyplot, which shows it."""
        if getattr(self.figure, "number", None) is not None:
            return None
        buffer = io.BytesIO()
        outermost: Any = self.figure.figure
        outermost.savefig(buffer, format="png", dpi=DOTS_SHOWN)
        return buffer.getvalue()
