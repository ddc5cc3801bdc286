"""Facade: words by their parts, with the names of gensim's module of the same name.

FastText                    model.py: the model, over `Word2Vec`; inputs.py, hashed.py: its input matrix
load_facebook_model, ...    files.py: files of fastText
FastTextKeyedVectors        of `keyedvectors`: vectors for any word
FloretKeyedVectors          likewise, out of floret's files
ft_ngram_hashes, ...        gensim_names.py: n-grams and their hashes
"""

from w2vcore.fasttext.files import load_facebook_model, load_facebook_vectors, save_facebook_model
from w2vcore.fasttext.gensim_names import (
    MAX_WORDS_IN_BATCH,
    FastTextTrainables,
    FastTextVocab,
    compute_ngrams,
    compute_ngrams_bytes,
    ft_hash_bytes,
    ft_ngram_hashes,
    load_fasttext_format,
)
from w2vcore.fasttext.model import FastText
from w2vcore.keyedvectors import FastTextKeyedVectors, FloretKeyedVectors

__all__ = [
    "MAX_WORDS_IN_BATCH",
    "FastText",
    "FastTextKeyedVectors",
    "FastTextTrainables",
    "FastTextVocab",
    "FloretKeyedVectors",
    "compute_ngrams",
    "compute_ngrams_bytes",
    "ft_hash_bytes",
    "ft_ngram_hashes",
    "load_facebook_model",
    "load_facebook_vectors",
    "load_fasttext_format",
    "save_facebook_model",
]
