"""Facade: vectors by key, to look up, compare, search, change and save.

KeyedVectors                vectors.py: the class, with its documentation
  VectorTable               table.py: keys and the rows of a matrix
    Keys                    keys.py: which row a key has, and which key a row
    Matrix                  matrix.py: the rows, their lengths, and who may have written into them
  Columns                   columns.py: counts and what else there is for each key

FastTextKeyedVectors        fasttext.py: words by their parts, over ``model/subwords.py``; deployment.py: made small

SentenceVectorizer          sentences.py: vectors of sentences, as weighted means

queries, evaluation         what its methods answer (inputs.py: what users may pass to them), over ``query/``
changes, files              how it changes, and its files, over ``formats/``
protocol                    the class as these functions see it
internals                   what the other rooms do with it beside its public methods
gensim_names                what else gensim's module of this name has
"""

from w2vcore.keyedvectors.fasttext import FastTextKeyedVectors
from w2vcore.keyedvectors.files import ATTRIBUTES, OWN
from w2vcore.keyedvectors.floret import FloretKeyedVectors
from w2vcore.keyedvectors.gensim_names import (
    REAL,
    CompatVocab,
    Doc2VecKeyedVectors,
    EuclideanKeyedVectors,
    Vocab,
    Word2VecKeyedVectors,
    load_word2vec_format,
    prep_vectors,
    pseudorandom_weak_vector,
)
from w2vcore.keyedvectors.sentences import SentenceVectorizer
from w2vcore.keyedvectors.table import Key
from w2vcore.keyedvectors.vectors import KeyedVectors

__all__ = [
    "ATTRIBUTES",
    "OWN",
    "REAL",
    "CompatVocab",
    "Doc2VecKeyedVectors",
    "EuclideanKeyedVectors",
    "FastTextKeyedVectors",
    "FloretKeyedVectors",
    "Key",
    "KeyedVectors",
    "SentenceVectorizer",
    "Vocab",
    "Word2VecKeyedVectors",
    "load_word2vec_format",
    "prep_vectors",
    "pseudorandom_weak_vector",
]
