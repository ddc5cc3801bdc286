"""Save Doc2Vec models: `python documents.py FOLDER` in an environment with gensim 4.4.0.

Each model NAME is saved in one file and, `apart_`, with its arrays beside it; what it holds is in NAME.npz. The files
gensim4_documents.* here are mean_both_two.*.
"""

import os
import sys

import numpy as np
from gensim.models.doc2vec import Doc2Vec, TaggedDocument

WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "runs", "away"]
TEXTS = [[WORDS[(3 * i + j * (i % 4 + 1)) % len(WORDS)] for j in range(5 + i % 4)] for i in range(12)]
TAGS = {
    "int": lambda i: [i],
    "str": lambda i: [f"d{i}"],
    "both": lambda i: [i % 5, "even" if i % 2 == 0 else "odd"],
}
KINDS = {
    "dbow": {"dm": 0},
    "words": {"dm": 0, "dbow_words": 1},
    "mean": {"dm": 1},
    "sum": {"dm": 1, "cbow_mean": 0},
    "concat": {"dm": 1, "dm_concat": 1, "window": 2},
}
OBJECTIVES = {"neg": {"negative": 3}, "hs": {"negative": 0, "hs": 1}, "two": {"negative": 3, "hs": 1}}
COLUMNS = ("doc_count", "word_count")


def held(model):
    """What a model holds, as arrays."""
    tags = np.empty(len(model.dv), object)
    tags[:] = model.dv.index_to_key
    arrays = {"words": np.array(model.wv.index_to_key), "vectors": model.wv.vectors, "tag_vectors": model.dv.vectors}
    arrays["tags"], arrays["is_int"] = tags.astype(str), np.array([isinstance(tag, int) for tag in tags], bool)
    arrays["counts"] = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key])
    arrays |= {name: getattr(model, name) for name in ("syn1neg", "syn1") if hasattr(model, name)}
    arrays |= {name: model.dv.expandos[name] for name in COLUMNS if name in model.dv.expandos}
    for name in ("sg", "window", "cbow_mean", "dm_concat", "dm_tag_count", "dbow_words", "epochs", "negative", "hs"):
        arrays["set_" + name] = np.array(getattr(model, name))
    return arrays


os.chdir(sys.argv[1])
for kind, options in KINDS.items():
    for tagged, tags_of in TAGS.items():
        for objective, more in OBJECTIVES.items():
            several = {"dm_tag_count": 2} if (kind, tagged) == ("concat", "both") else {}
            documents = [TaggedDocument(words, tags_of(i)) for i, words in enumerate(TEXTS)]
            settings = {"vector_size": 6, "min_count": 1, "epochs": 3, "seed": 1, "workers": 1}
            model = Doc2Vec(documents, **settings, **options, **several, **more)
            name = f"{kind}_{tagged}_{objective}"
            model.save(name)
            model.save(f"apart_{name}", sep_limit=4)
            np.savez(f"{name}.npz", **held(model))
