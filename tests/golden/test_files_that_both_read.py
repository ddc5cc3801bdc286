"""Files in word2vec's formats, honest and cut, plain and odd: what gensim 4.4.0 reads is read to the same bits, but for what is listed.

Runs where W2VCORE_GENSIM_PYTHON names a Python that has gensim 4.4.0.
"""

import hashlib
import json
import os
import subprocess

import numpy as np
import pytest

from w2vcore.keyedvectors import KeyedVectors

PYTHON = os.environ.get("W2VCORE_GENSIM_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4.4.0")

SHAPES = [(1, 2), (2, 1), (3, 2), (50, 5), (200, 50)]
WORDS = {
    "plain": lambda row: f"w{row}",
    "numbers": str,
    "others": lambda row: f"東{row}é",
    "dots": lambda row: "." * (row % 5 + 1) + str(row),
    "nbsp": lambda row: f"a\u00a0b{row}",
}
CALLS = [
    {"binary": True},
    {"binary": False},
    {"no_header": True},
    {"binary": True, "limit": 1},
    {"binary": False, "limit": 2},
]

READ = """
import hashlib, json, sys, warnings
from pathlib import Path
from gensim.models import KeyedVectors
warnings.simplefilter("ignore")
answers = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    for options in json.loads(sys.argv[2]):
        try:
            kv = KeyedVectors.load_word2vec_format(str(path), **options)
        except Exception as error:
            answers[path.name + json.dumps(options)] = None
        else:
            data = json.dumps(list(kv.index_to_key)).encode() + kv.vectors.tobytes()
            answers[path.name + json.dumps(options)] = [list(kv.vectors.shape), hashlib.md5(data).hexdigest()]
print(json.dumps(answers))
"""


def files():
    """Name -> bytes. The ending of a name says what is in it."""
    found = {}
    for count, size in SHAPES:
        vectors = np.random.default_rng(count).standard_normal((count, size)).astype(np.float32)
        unusual = vectors.copy()
        unusual[0, 0], unusual[-1, -1] = np.nan, np.inf
        for kind, word in WORDS.items():
            words = [word(row) for row in range(count)]

            def text(numbers, words=words):
                return "".join(
                    f"{w} {' '.join(map(repr, row))}\n" for w, row in zip(words, numbers.tolist(), strict=True)
                )

            def binary(numbers, end=b"", words=words, head=b"%d %d\n" % (count, size)):
                return head + b"".join(
                    w.encode() + b" " + row.tobytes() + end for w, row in zip(words, numbers, strict=True)
                )

            head, rows, stem = f"{count} {size}\n", text(vectors), f"{count}x{size}.{kind}"
            texts = {
                "text": head + rows,
                "crlf": (head + rows).replace("\n", "\r\n"),
                "trailing": head + rows.replace("\n", " \n"),
                "unusual_text": head + text(unusual),
                "cut_text": (head + rows)[: len(head + rows) * 2 // 3],
                "glove": rows,
            }
            found |= {f"{stem}.{name}": data.encode() for name, data in texts.items()}
            found[f"{stem}.binary"] = binary(vectors)
            found[f"{stem}.newlines"] = binary(vectors, b"\n")
            found[f"{stem}.unusual_binary"] = binary(unusual)
            found[f"{stem}.cut_binary"] = binary(vectors)[:-3]
    return found


def ours(path, options):
    try:
        kv = KeyedVectors.load_word2vec_format(path, **options)
    except (ValueError, EOFError, NotImplementedError):
        return None
    data = json.dumps(list(kv.index_to_key)).encode() + kv.vectors.tobytes()
    return [list(kv.vectors.shape), hashlib.md5(data).hexdigest()]


def test_what_gensim_reads_is_read_to_the_same_bits(tmp_path):
    for name, data in files().items():
        (tmp_path / name).write_bytes(data)
    command = [PYTHON, "-c", READ, str(tmp_path), json.dumps(CALLS)]
    asked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    theirs, counts = json.loads(asked.stdout), {"same": 0, "text as binary": 0, "neither": 0}
    for path in sorted(tmp_path.iterdir()):
        for options in CALLS:
            wanted, found = theirs[path.name + json.dumps(options)], ours(path, options)
            if found == wanted:
                counts["same" if wanted else "neither"] += 1
                continue
            # what gensim makes of the digits of a text; all else must be the same
            assert (options.get("binary"), found) == (True, None), (path.name, options, wanted, found)
            assert path.suffix in (".text", ".crlf", ".trailing", ".unusual_text", ".cut_text"), (path.name, options)
            counts["text as binary"] += 1
    assert counts["same"] > 350
    assert counts["text as binary"] > 150
