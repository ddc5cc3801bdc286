"""Facade: words by their parts, with the names of gensim's module of the same name.

load_facebook_vectors       files.py: the vectors of a file of fastText
FastTextKeyedVectors        of `keyedvectors`: vectors for any word
ft_ngram_hashes, ...        gensim_names.py: n-grams and their hashes
"""

from w2vcore.fasttext.files import load_facebook_vectors
from w2vcore.fasttext.gensim_names import compute_ngrams, compute_ngrams_bytes, ft_hash_bytes, ft_ngram_hashes
from w2vcore.keyedvectors import FastTextKeyedVectors

__all__ = [
    "FastTextKeyedVectors",
    "compute_ngrams",
    "compute_ngrams_bytes",
    "ft_hash_bytes",
    "ft_ngram_hashes",
    "load_facebook_vectors",
]
