"""A page that was made: kept in memory, shown in notebooks, saved as a file."""

from __future__ import annotations

import html
import os
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from w2vcore.formats.atomic import PathLike, expanded
from w2vcore.formats.destination import check_destination
from w2vcore.visual import pages

HEIGHT = 640  # pixels of the frame in a notebook


class Page:
    """A page in one file that needs no network.

    In a notebook it shows itself. Where a path is expected, it is the path of its file: ``open(page)``,
    ``page.read_text()``, ``page.stat()``; without one, as long as it has not been saved, these raise a ValueError.

    Parameters
    ----------
    text : str
        The page as HTML.
    path : str or path-like, optional
        Where it is saved at once.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> page = Page("<!doctype html><title>Nothing</title>")
    >>> page.save(folder / "nothing.html").name, page.path == folder / "nothing.html", page.exists()
    ('nothing.html', True, True)
    """

    def __init__(self, text: str, path: PathLike | None = None) -> None:
        self.html = text
        self.path: Path | None = None
        if path is not None:
            self.save(path)

    def save(self, path: PathLike) -> Path:
        """Write the page, completely or not at all, and return the path of the file.

        Raises
        ------
        OSError, ValueError
            If it cannot be written there.
        """
        check_destination(path, f"path={os.fspath(path)!r}")
        pages.write(self.html, path)
        self.path = Path(expanded(path))
        return self.path

    def show(self) -> Page:
        """Show the page in the system's browser; without a file of its own, as a temporary one."""
        if self.path is None:
            folder = tempfile.mkdtemp(prefix="w2vcore-")
            self.save(Path(folder) / "page.html")
        webbrowser.open(self._file().resolve().as_uri())
        return self

    def _file(self) -> Path:
        if self.path is None:
            raise ValueError("the page has no file yet; call save(path) first")
        return self.path

    def __fspath__(self) -> str:
        return os.fspath(self._file())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(Path, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self._file(), name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Page):
            return self.html == other.html and self.path == other.path
        return self.path is not None and self.path == other

    def __hash__(self) -> int:
        return hash(self.html)

    def __str__(self) -> str:
        return "a page that is not saved" if self.path is None else str(self.path)

    def __repr__(self) -> str:
        where = "not saved" if self.path is None else str(self.path)
        return f"<{type(self).__name__}: {len(self.html) / 1e6:.1f} MB, {where}>"

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own, so that neither its styles nor its scripts meet the notebook's."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" width="100%" height="{HEIGHT}" style="border:0" '
            'sandbox="allow-scripts allow-downloads allow-popups" title="w2vcore"></iframe>'
        )
