"""Write this folder: `python make.py FOLDER` in an environment with fasttext 0.9.3 from PyPI, and NumPy.

NAME.bin or NAME.ftz, and in NAME.npz what fastText itself says: the words as bytes, their counts and vectors, and the vectors of 200 words
that it has not seen. Some words are not UTF-8.
"""

import random
import sys
import tempfile
from pathlib import Path

import fasttext
import numpy as np

folder = Path(sys.argv[1])
rng = random.Random(5)
NOT_UTF8 = [b"caf\xe9", b"\xff\xfe", b"\xe6\x9d"]
WORDS = [
    word.encode()
    for word in ["the", "cat", "dog", "naïve", "東京", "straße", "кошка", "a", "'s", "__x__", "🙂ok", "ab<c>"]
]
LETTERS = "abcdefgé東ш🙂<>_'"
NEW = ["", "a", "<"] + ["".join(rng.choices(LETTERS, k=rng.randint(1, 12))) for _ in range(197)]
# Ten threads and ten columns: each thread fills a tenth of the input matrix before training, rounded down, and what none fills is
# whatever was in that memory.
COMMON = {"dim": 10, "t": 1, "minCount": 1, "epoch": 2, "thread": 10, "verbose": 0}
UNSUPERVISED = {
    "skipgram_ns": {"model": "skipgram", "loss": "ns", "minn": 3, "maxn": 6, "bucket": 100},
    "skipgram_hs": {"model": "skipgram", "loss": "hs", "minn": 1, "maxn": 4, "bucket": 60},
    "skipgram_softmax": {"model": "skipgram", "loss": "softmax", "minn": 2, "maxn": 2, "bucket": 7},
    "skipgram_words": {"model": "skipgram", "loss": "ns", "minn": 0, "maxn": 0, "bucket": 100},
    "cbow_ns": {"model": "cbow", "loss": "ns", "minn": 3, "maxn": 6, "bucket": 100},
    "cbow_hs": {"model": "cbow", "loss": "hs", "minn": 2, "maxn": 5, "bucket": 60},
}
SUPERVISED = {
    "supervised": {"loss": "softmax", "minn": 2, "maxn": 5, "bucket": 80, "wordNgrams": 1},
    "supervised_words": {"loss": "softmax", "minn": 0, "maxn": 0, "bucket": 80, "wordNgrams": 1},
    "supervised_bigrams": {"loss": "ns", "minn": 3, "maxn": 4, "bucket": 80, "wordNgrams": 2},
    "supervised_trigrams_of_words": {"loss": "hs", "minn": 0, "maxn": 0, "bucket": 80, "wordNgrams": 3},
    "supervised_ova": {"loss": "ova", "minn": 1, "maxn": 3, "bucket": 80, "wordNgrams": 2},
}
QUANTISED = {
    "quantised": {"qnorm": False, "dsub": 2},
    "quantised_norms": {"qnorm": True, "dsub": 3},
    "quantised_pruned": {"qnorm": True, "dsub": 2, "cutoff": 256},
}


def sentences(count: int, labels: int = 0, words: list[bytes] = WORDS) -> bytes:
    """A corpus of words drawn at random."""
    lines = []
    for _ in range(count):
        label = b"__label__%d " % rng.randrange(labels) if labels else b""
        lines.append(label + b" ".join(rng.choices([*words, *NOT_UTF8], k=rng.randint(3, 9))) + b"\n")
    return b"".join(lines)


def vector(model: object, word: bytes) -> np.ndarray:
    """What fastText's get_word_vector gives, of bytes too."""
    result = fasttext.FastText.fasttext.Vector(model.get_dimension())
    model.f.getWordVector(result, word)
    return np.array(result)


def write(model: object, name: str, words: list[bytes], ending: str = "bin") -> None:
    """Save a model, and what it says itself of its words and of others."""
    model.save_model(str(folder / f"{name}.{ending}"))
    data = (folder / f"{name}.{ending}").read_bytes()
    there = [word for word in words if word + b"\0" in data]
    held = {
        "words": np.array([word.hex() for word in there]),
        "vectors": np.array([vector(model, word) for word in there]),
        "new": np.array([word.encode().hex() for word in NEW]),
        "new_vectors": np.array([vector(model, word.encode()) for word in NEW]),
    }
    np.savez_compressed(folder / f"{name}.npz", **held)


with tempfile.TemporaryDirectory() as scratch:
    corpus = Path(scratch) / "corpus.txt"
    known = [*WORDS, *NOT_UTF8, b"</s>"]
    corpus.write_bytes(sentences(200))
    for name, options in UNSUPERVISED.items():
        write(fasttext.train_unsupervised(str(corpus), **COMMON, **options), name, known)
    corpus.write_bytes(sentences(200, labels=3))
    for name, options in SUPERVISED.items():
        write(fasttext.train_supervised(str(corpus), **COMMON, **options), name, known)
    many = [*WORDS, *(b"w%dx" % number for number in range(50))]
    corpus.write_bytes(sentences(600, labels=3, words=many))  # a quantised matrix has 256 rows or more
    for name, options in QUANTISED.items():
        model = fasttext.train_supervised(str(corpus), minn=2, maxn=4, bucket=300, **COMMON)
        model.quantize(input=str(corpus), **options)
        write(model, name, [*many, *NOT_UTF8, b"</s>"], "ftz")
