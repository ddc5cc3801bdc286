"""Show notebooks as pages, as they were saved: their texts, their code, and what the code printed and drew.

A notebook is JSON, and its texts are Markdown already, so turning it into MyST is all that is needed. Nothing is run:
tests/docs/record_notebooks.py runs them, and a test compares what they print with what was saved.
"""

import json

from myst_parser.sphinx_ import Parser

PICTURES = ("image/png", "image/jpeg")


def fenced(text, info, *options):
    """Return a block of text between fences that are longer than any fence in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return "\n".join([f"{fence}{info}", *options, text.rstrip("\n"), fence])


def joined(text):
    """Return a text that a notebook may store as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def shown(output, alternative):
    """Return an output as MyST: the richest of its forms that a page can show."""
    if output["output_type"] == "stream":
        return fenced(joined(output["text"]), "{code-block} text", ":class: output")
    if output["output_type"] == "error":
        raise ValueError(f"a saved notebook ends in an error: {output['ename']}: {output['evalue']}")
    data = output["data"]
    for kind in PICTURES:
        if kind in data:
            code = joined(data[kind]).replace("\n", "")
            return fenced(f'<img class="output" alt="{alternative}" src="data:{kind};base64,{code}">', "{raw} html")
    if "text/html" in data:
        code = joined(data["text/html"])
        return fenced(f'<div class="output">{code}</div>', "{raw} html") if code else ""
    text = joined(data.get("text/plain", ""))
    return fenced(text, "{code-block} text", ":class: output") if text else ""


def as_markdown(notebook):
    """Return the MyST text of a notebook."""
    parts = []
    for cell in notebook["cells"]:
        source = joined(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code" and source.strip():
            parts.append(fenced(source, "python"))
            alternative = cell["metadata"].get("alt", "What the code above draws")
            parts.extend(shown(output, alternative) for output in cell["outputs"])
    return "\n\n".join(part for part in parts if part) + "\n"


class NotebookParser(Parser):
    """Reads a notebook as MyST."""

    supported = ("notebook",)

    def parse(self, inputstring, document):
        """Turn the notebook into a document."""
        super().parse(as_markdown(json.loads(inputstring)), document)


def setup(app):
    """Let Sphinx read notebooks."""
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
