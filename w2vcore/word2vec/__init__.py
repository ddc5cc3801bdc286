"""The model, `Word2Vec`: gensim's class, with this library's training behind it.

model        the class: its arguments, `train`, `resume`, files
settings     its settings, checked and frozen when a run begins
building     vocabulary and matrices, made, grown and reset
setup        all of these at one moment, lent to a training
tree         the tree of hierarchical softmax and the words that are its leaves
keeprates    how often each word is kept in training
update       vectors for the words that an update of the vocabulary adds
memory       what a training takes in memory
"""

from w2vcore.corpus.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.keyedvectors import KeyedVectors as KeyedVectors
from w2vcore.keyedvectors import Vocab as Vocab

from .gensim_names import CORPUSFILE_VERSION, FAST_VERSION, MAX_WORDS_IN_BATCH, Heapitem
from .model import Word2Vec

__all__ = [
    "CORPUSFILE_VERSION",
    "FAST_VERSION",
    "MAX_WORDS_IN_BATCH",
    "BrownCorpus",
    "Heapitem",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]
