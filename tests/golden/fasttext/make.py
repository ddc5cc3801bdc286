"""Write this folder: `python make.py FOLDER` in an environment with fasttext-wheel 0.9.2.

NAME.bin, and in NAME.npz its words, the vectors that fastText gives for them, and those of two words that it has not seen.
"""

import sys
import tempfile
from pathlib import Path

import fasttext
import numpy as np

folder = Path(sys.argv[1])
UNSEEN = ["tokyocat", "東京naïve"]
with tempfile.TemporaryDirectory() as scratch:
    corpus = Path(scratch) / "corpus.txt"
    corpus.write_text("the naïve cat 東京 sat on the mat\nthe dog 東京 the cat barked\n" * 20, encoding="utf8")
    for name, options in {
        "subwords": {"minn": 2, "maxn": 4, "bucket": 50},
        "words": {"minn": 0, "maxn": 0, "bucket": 50},
        "hierarchical": {"minn": 1, "maxn": 3, "bucket": 30, "loss": "hs"},
    }.items():
        model = fasttext.train_unsupervised(
            str(corpus), model="skipgram", dim=5, minCount=1, epoch=3, thread=1, verbose=0, **options
        )
        model.save_model(str(folder / f"{name}.bin"))
        words = model.get_words()
        vectors = np.array([model.get_word_vector(word) for word in words])
        unseen = np.array([model.get_word_vector(word) for word in UNSEEN])
        np.savez(folder / f"{name}.npz", keys=np.array(words), vectors=vectors, unseen=unseen)
