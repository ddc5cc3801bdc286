"""Write this folder: `python make.py FOLDER` in an environment with gensim 4.4.0, and again in one with gensim 3.8.3.

For each model NAME.model and NAME.kv, saved in one file and (`apart_`) with arrays beside it, and what they hold in NAME.npz.
"""

import os
import sys

import gensim
import numpy as np
from gensim.models import Word2Vec

os.chdir(sys.argv[1])
FOUR = gensim.__version__.startswith("4")
SIZE = {"vector_size": 4, "epochs": 2} if FOUR else {"size": 4, "iter": 2}
CORPUS = [["the", "naïve", "cat", "東京"], ["the", "dog", "the", "cat"]] * 10
for kind, options in {"sgns": {"sg": 1, "negative": 3}, "cbowhs": {"sg": 0, "hs": 1, "negative": 0}}.items():
    model = Word2Vec(CORPUS, min_count=1, workers=1, seed=3, **SIZE, **options)
    name = f"gensim{gensim.__version__[0]}_{kind}"
    model.save(name + ".model")
    model.wv.save(name + ".kv")
    if kind == "sgns":
        model.save(f"apart_{name}.model", separately=["syn1neg"] if FOUR else None, sep_limit=4)
        model.wv.save(f"apart_{name}.kv", sep_limit=4)
        if FOUR:
            model.save(f"apart_{name}.model.gz", sep_limit=4)
    keys = model.wv.index_to_key if FOUR else model.wv.index2word
    count = [model.wv.get_vecattr(key, "count") if FOUR else model.wv.vocab[key].count for key in keys]
    output = model if FOUR else model.trainables
    output = output.syn1neg if kind == "sgns" else output.syn1
    np.savez(name + ".npz", keys=np.array(keys), counts=np.array(count), vectors=model.wv.vectors, output=output)
