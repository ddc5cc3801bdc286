"""Make the files of this folder; needs gensim 4.4.0. Usage: python make.py FOLDER"""

import struct
import sys
from pathlib import Path

import numpy as np

KEYS = ["the", "naïve", "東京", "emoji🙂", "low", "tie1", "tie2", "zero"]
COUNTS = [100, 50, 70, 3, 3, 9, 9, 1]


def vectors():
    matrix = np.random.default_rng(7).standard_normal((8, 5)).astype(np.float32)
    matrix[4] = [1e-5, 1e20, -0.0, 123456789, 0.1]
    matrix[7] = 0
    return matrix


def by_gensim(folder, matrix):
    from gensim.models import KeyedVectors

    kv = KeyedVectors(5)
    kv.add_vectors(KEYS, matrix)
    for key, count in zip(KEYS, COUNTS, strict=True):
        kv.set_vecattr(key, "count", count)
    kv.save_word2vec_format(f"{folder}/gensim.txt", fvocab=f"{folder}/gensim.vocab")
    kv.save_word2vec_format(f"{folder}/gensim.bin", binary=True)
    kv.save_word2vec_format(f"{folder}/gensim_prefix.txt", prefix="p_", write_header=False)


def in_the_layout_of_word2vec_c(folder, matrix):
    """As word2vec.c prints: "%s ", then fwrite or "%lf ", then a newline after each vector."""
    with Path(folder, "word2vec_c.bin").open("wb") as binary, Path(folder, "word2vec_c.txt").open("wb") as text:
        for file in (binary, text):
            file.write(b"%d %d\n" % matrix.shape)
        for key, row in zip(KEYS, matrix, strict=True):
            binary.write(key.encode() + b" " + struct.pack("<5f", *row) + b"\n")
            text.write(key.encode() + b" " + b"".join(b"%f " % x for x in row.tolist()) + b"\n")


if __name__ == "__main__":
    np.save(f"{sys.argv[1]}/vectors.npy", vectors())
    by_gensim(sys.argv[1], vectors())
    in_the_layout_of_word2vec_c(sys.argv[1], vectors())
