"""The model, `Word2Vec`: gensim's class, with this library's training behind it.

model        the class: its arguments and public methods; what these do is in the modules below
training     one call of `train`, of `resume` or of the constructor, over `setup`, `calling` and `ranks`
vocabulary   words counted and chosen, and those of another model taken over
weights      matrices made and grown
inputs       whose the rows of the input matrix are; models over this one have others
columns, tree, noise    what follows from the counts: keep rates, the tree, gensim's `cum_table`
settings     checked, and frozen when a run begins
files        a model as a snapshot, and a model made of one
expectation  the likelihood of sentences, and of words in a context
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
