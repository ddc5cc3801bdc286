"""Open every file of gensim's own test data, and say what gensim makes of it.

    python open_all.py FOLDER

is run by a test with an interpreter that has gensim 4.4.0. Writes `opened.json`, for each file the class that came of it,
or None, and the keys; the vectors of the file N go to `N.npy`.
"""

import json
import signal
import sys
import warnings
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors
from gensim.test.utils import datapath

warnings.simplefilter("ignore")
ENCODINGS = {"cp852_fasttext.bin": "cp852"}
SECONDS = 20  # for one file; what takes longer is not what it is tried as


def ways(path):
    """The calls that may open a file."""
    begins = path.read_bytes()[:4]
    encoding = ENCODINGS.get(path.name, "utf8")
    if begins[:1] == b"\x80" or begins.startswith(b"ccop") or path.suffix in (".gz", ".bz2"):
        return [KeyedVectors.load]
    if begins == b"\xba\x16\x4f\x2f" or path.suffix == ".bin":
        return [
            lambda name: load_facebook_vectors(name, encoding=encoding),
            lambda name: KeyedVectors.load_word2vec_format(name, binary=True),
        ]
    return [
        lambda name: KeyedVectors.load_word2vec_format(name, unicode_errors="ignore"),
        lambda name: KeyedVectors.load_word2vec_format(name, no_header=True),
    ]


def stop(*_):
    """Give up."""
    raise TimeoutError


def opened(path):
    """What gensim makes of a file, or None."""
    for way in ways(path):
        signal.alarm(SECONDS)
        try:
            return way(str(path))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # anything may come of files of other kinds
            continue
        finally:
            signal.alarm(0)
    return None


def main(folder):
    """Open all files, and write down what came of them."""
    signal.signal(signal.SIGALRM, stop)
    root = Path(datapath(""))
    answers = []
    for number, path in enumerate(sorted(path for path in root.rglob("*") if path.is_file())):
        found = opened(path)
        answer = {"file": path.relative_to(root).as_posix(), "class": found and type(found).__name__, "keys": None}
        vectors = getattr(found, "wv", found)
        if isinstance(vectors, KeyedVectors) and vectors.vectors.ndim == 2 and vectors.vectors.shape[1] > 1:
            answer["keys"] = list(map(str, vectors.index_to_key))
            np.save(folder / f"{number}.npy", vectors.vectors)
        answers.append(answer)
    text = json.dumps({"root": str(root), "answers": answers})
    (folder / "opened.json").write_text(text, encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
