"""Bars of progress: on stderr, and in notebooks as an output whose last state is what the notebook saves."""

from __future__ import annotations

import html
import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm.std import tqdm


def new_bar(**options: Any) -> tqdm[Any]:
    """Return a bar of tqdm, made with these options of it.

    In a notebook tqdm's own bar is a widget, of which a saved notebook keeps the first state, 0 %. This one is an
    output that is replaced: the notebook keeps the last state, and needs no widgets.

    Examples
    --------
    >>> with new_bar(total=10, desc="reading", disable=True) as bar:
    ...     _ = bar.update(10)
    """
    from tqdm.std import tqdm  # slow to import, and only for bars

    return _notebook_class(tqdm)(file=io.StringIO(), **options) if in_notebook() else tqdm(**options)


def in_notebook() -> bool:
    """Return whether a kernel of Jupyter runs this program.

    Examples
    --------
    >>> in_notebook()
    False
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")


class _Shown:
    """One state of a bar, as HTML and as text."""

    def __init__(self, text: str, done: float, total: float | None) -> None:
        self._text, self._done, self._total = text, done, total

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        if not self._text:
            return ""
        share = f' value="{self._done:.6g}" max="{self._total:.6g}"' if self._total else ""
        return f'<div><progress{share} style="width:16em"></progress> <code>{html.escape(self._text)}</code></div>'


def _notebook_class(tqdm: type[tqdm[Any]]) -> type[tqdm[Any]]:
    """Return the class of bars that a notebook shows; a function, since tqdm is imported late."""

    class NotebookBar(tqdm):  # type: ignore[misc, valid-type]
        """A bar whose line goes to an output of the notebook in place of a terminal."""

        handle: Any = None

        def display(self, msg: str | None = None, pos: int | None = None) -> bool:
            """Replace what is shown."""
            from IPython.display import display

            values = {**self.format_dict, "ncols": None, "bar_format": "{l_bar}{r_bar}"}
            text = self.format_meter(**values).replace("%||", "%,") if msg is None else msg
            shown = _Shown(text, self.n, self.total)
            if self.handle is None:
                self.handle = display(shown, display_id=True)
            else:
                self.handle.update(shown)
            return True

    return NotebookBar
