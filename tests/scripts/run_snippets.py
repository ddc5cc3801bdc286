"""Run snippets as they stand, with whatever library they import, and write what they say as JSON.

    python run_snippets.py OUT.json snippets/*.py

is run by gensim's interpreter, for the tests and to make `expected.json` anew (docs/contributing.md); `run` is what the
tests call for w2vcore. Each snippet runs in a folder of its own with the files that `prepare` writes, and leaves a dict
`results`. Standard library and NumPy only.
"""

import contextlib
import gzip
import json
import os
import random
import sys
import tempfile
import traceback
import types
from pathlib import Path

SENTENCES = (
    "he moved to new york city",
    "she opened an account with the bank of america in new york",
    "machine learning is fun and machine learning is hard",
    "the cat and the dog sleep",
    "a dog chases a cat",
    "the bank of america is in new york city",
)
TOPICS = (("cat", "dog", "horse", "cow"), ("car", "bus", "train", "tram"))
VECTORS = """10 4
king 0.8 0.6 0.1 -0.2
queen 0.7 -0.5 0.2 -0.1
man 0.4 0.7 0.05 -0.3
woman 0.35 -0.4 0.15 -0.25
apple -0.6 0.1 0.7 0.3
banana -0.55 0.05 0.8 0.2
prince 0.75 0.5 -0.2 0.4
princess 0.65 -0.6 -0.1 0.45
paris 0.1 0.05 -0.9 0.6
france 0.15 0.1 -0.8 0.7
"""
QUESTIONS = """: royalty
king man queen woman
KING man QUEEN woman
prince princess king queen
: fruit
apple banana king queen
apple banana zebra queen
: gram-plural
man woman prince princess
"""
PAIRS = "# word similarity\nking\tqueen\t8.5\nking\tapple\t1.0\nman\twoman\t8.0\nparis\tfrance\t9.0\nman\tzebra\t2.0\nbanana\tapple\t9.5\n"
GLOVE = "the 0.418 0.24968 -0.41242\nof 0.70853 0.57088 -0.4716\n. 0.15164 0.30177 -0.16763\n"


def prepare(folder):
    """Write the files that snippets read."""
    rng = random.Random(7)
    corpus = [rng.choice(SENTENCES) for _ in range(200)]
    topics = [" ".join(rng.choice(topic) for _ in range(8)) for _ in range(150) for topic in TOPICS]
    files = {
        "corpus.txt": "\n".join(corpus) + "\n",
        "topics.txt": "\n".join(topics) + "\n",
        "long.txt": " ".join(f"w{i}" for i in range(10)) + "\n",
        "vectors.txt": VECTORS,
        "questions.txt": QUESTIONS,
        "pairs.tsv": PAIRS,
        "glove.txt": GLOVE,
        "folder/a.txt": "\n".join(corpus[:3]) + "\n",
        "folder/b.txt": "\n".join(corpus[3:5]) + "\n",
    }
    (Path(folder) / "folder").mkdir()
    for name, text in files.items():
        (Path(folder) / name).write_text(text, encoding="utf8")
    with gzip.open(Path(folder) / "corpus.txt.gz", "wb") as file:
        file.write(files["corpus.txt"].encode())


def plain(value):
    """What a snippet says as JSON values."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # arrays and scalars of NumPy
        return plain(value.tolist())
    assert value is None or isinstance(value, (str, int, float)), value
    return value


def run(source, name):
    """Run a snippet in a new folder and return its results."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        os.chdir(folder)
        try:
            # a module of that name, so that what the snippet defines can be pickled
            module = sys.modules["snippet"] = types.ModuleType("snippet")
            exec(compile(source, name, "exec"), module.__dict__)
            return plain(module.results)
        finally:
            sys.modules.pop("snippet", None)
            os.chdir(here)


def main(target, *paths):
    results = {}
    with contextlib.redirect_stdout(sys.stderr):
        for path in map(Path, paths):
            try:
                results[path.stem] = run(path.read_text(encoding="utf8"), path.name)
            except Exception:
                results[path.stem] = {"error": traceback.format_exc()}
    Path(target).write_text(json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main(*sys.argv[1:])
