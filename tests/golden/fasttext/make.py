"""Write this folder: `python make.py FOLDER` in an environment with fasttext-wheel 0.9.2.

NAME.bin or NAME.ftz, and in NAME.npz its words and counts, the vectors that fastText gives for them, and those of words that it has not seen.
"""

import sys
import tempfile
from pathlib import Path

import fasttext
import numpy as np

folder = Path(sys.argv[1])
UNSEEN = ["tokyocat", "東京naïve", "a", "__label__c"]
SENTENCES = ["the naïve cat 東京 sat on the mat", "the dog 東京 the cat barked"]
UNSUPERVISED = {
    "subwords": {"minn": 2, "maxn": 4, "bucket": 50},
    "words": {"minn": 0, "maxn": 0, "bucket": 50},
    "hierarchical": {"minn": 1, "maxn": 3, "bucket": 30, "loss": "hs"},
    "none_fit": {"minn": 3, "maxn": 2, "bucket": 10},
}
SUPERVISED = {
    "supervised": {"minn": 2, "maxn": 4, "bucket": 30, "wordNgrams": 2},
    "supervised_words": {"minn": 0, "maxn": 0, "wordNgrams": 1},
    "supervised_bigrams": {"minn": 0, "maxn": 0, "bucket": 20, "wordNgrams": 2},
    "supervised_pretrained": {"minn": 1, "maxn": 3, "bucket": 30, "loss": "hs", "pretrainedVectors": "vectors.vec"},
}
QUANTISED = {
    "quantised": {"qnorm": False},
    "quantised_pruned": {"qnorm": True, "cutoff": 256},
}


def lines(sentences: list[str]) -> str:
    """A corpus of them."""
    return "".join(f"{sentence}\n" for sentence in sentences) * 20


def write(model: object, name: str, ending: str = "bin") -> None:
    """Save a model, and what it says itself of its words and of others."""
    model.save_model(str(folder / f"{name}.{ending}"))
    words, counts = model.get_words(include_freq=True)
    vectors = np.array([model.get_word_vector(word) for word in words])
    unseen = np.array([model.get_word_vector(word) for word in UNSEEN])
    held = {"keys": np.array(words), "counts": counts, "vectors": vectors, "names": np.array(UNSEEN), "unseen": unseen}
    np.savez(folder / f"{name}.npz", **held)


with tempfile.TemporaryDirectory() as scratch:
    plain, labelled, pretrained = (Path(scratch) / name for name in ("corpus.txt", "labelled.txt", "vectors.vec"))
    plain.write_text(lines(SENTENCES), encoding="utf8")
    labelled.write_text(
        lines([f"__label__{label} {text}" for label, text in zip("ab", SENTENCES, strict=True)]), encoding="utf8"
    )
    pretrained.write_text("2 5\nthe 1 2 3 4 5\ncat 5 4 3 2 1\n", encoding="utf8")
    common = {"dim": 5, "minCount": 1, "epoch": 3, "thread": 1, "verbose": 0}
    for name, options in UNSUPERVISED.items():
        write(fasttext.train_unsupervised(str(plain), model="skipgram", **common, **options), name)
    for name, options in SUPERVISED.items():
        if "pretrainedVectors" in options:
            options = {**options, "pretrainedVectors": str(pretrained)}
        write(fasttext.train_supervised(str(labelled), **common, **options), name)
    # not less than 256 rows
    labelled.write_text(
        "".join(f"__label__{row % 3} the{row % 40} c{row % 7}at 東{row % 11}京\n" for row in range(400)),
        encoding="utf8",
    )
    for name, options in QUANTISED.items():
        model = fasttext.train_supervised(str(labelled), minn=2, maxn=4, bucket=300, **{**common, "dim": 5})
        model.quantize(input=str(labelled), dsub=2, **options)
        write(model, name, "ftz")
