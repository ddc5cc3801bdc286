"""Run the notebooks in docs/notebooks, and save what they print and draw: ``python tests/docs/record_notebooks.py [NAME ...]``.

Needs nbclient, ipykernel, pandas and what w2vcore[viz] brings. They run in an empty folder, with the kernel "python3" and
the w2vcore of the interpreter that runs this script. Speeds in bars are those of the machine.
"""

import base64
import io
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
COLOURS = 64  # of a picture: enough for dots and letters, and a third of the bytes


def record(path):
    """Run a notebook, and write it with its outputs and without traces of the run."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = tidied(cell.outputs)
    notebook.metadata.language_info = {"name": "python"}
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf8")


def tidied(outputs):
    """Return outputs with what was printed piece by piece in one, without what was cleared, and with smaller pictures."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and kept and kept[-1].get("name") == output.name:
            kept[-1].text += output.text
        elif output.get("data") != {"text/plain": "", "text/html": ""}:
            kept.append(output)
    for output in kept:
        if "image/png" in output.get("data", {}):
            output.data["image/png"] = smaller(output.data["image/png"])
    return kept


def smaller(picture):
    """Return a PNG with few colours."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def main():
    """Record the notebooks that are named, or all."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        if path.stem in (sys.argv[1:] or [path.stem]):
            record(path)


if __name__ == "__main__":
    main()
