"""Facade: vectors of documents, with the names of gensim's module of the same name.

model         the class `Doc2Vec`, over `Word2Vec`
settings      what it is told beside words' settings, and the architecture that follows
rows          the input matrix of words and tags, and documents as a corpus
tags          the keys of the tags, in order, and what is known of each
inference     vectors of texts that the model has not seen
gensim_names  what programs import from gensim's module
"""

from w2vcore.corpus.documents import TaggedBrownCorpus, TaggedDocument, TaggedLineDocument
from w2vcore.word2vec import CORPUSFILE_VERSION, FAST_VERSION

from .gensim_names import Doctag
from .model import Doc2Vec

__all__ = [
    "CORPUSFILE_VERSION",
    "FAST_VERSION",
    "Doc2Vec",
    "Doctag",
    "TaggedBrownCorpus",
    "TaggedDocument",
    "TaggedLineDocument",
]
