"""Draw the pictures of docs/gallery.md again: ``python tests/docs/record_gallery.py``, with w2vcore[viz].

The blocks of the page run in an empty folder, and the pictures that they write there go to docs/images, with few colours so
that they stay small.
"""

import os
import tempfile
from pathlib import Path

from docpages import DOCS, blocks
from PIL import Image

COLOURS = 64


def main():
    """Run the page, and keep its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        namespace = {"__name__": "__main__"}
        for line, language, code in blocks(DOCS / "gallery.md", {"matplotlib", "openTSNE"}):
            if language == "python":
                exec(compile("\n" * (line - 1) + code, "gallery.md", "exec"), namespace)
        for path in Path().glob("gallery-*.png"):
            picture = Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            picture.save(DOCS / "images" / path.name, "PNG", optimize=True)
        os.chdir(DOCS)


if __name__ == "__main__":
    main()
