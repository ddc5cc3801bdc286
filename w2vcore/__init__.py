"""word2vec, fastText and Doc2Vec for Python: gensim's API, every token trained, fast.

    >>> from w2vcore import Word2Vec
    >>> sentences = [["cat", "say", "meow"], ["dog", "say", "woof"]]
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, workers=1)
    >>> [word for word, similarity in model.wv.most_similar("cat", topn=2)]  # doctest: +SKIP
    ['dog', 'say']

The house, from the door down; a floor uses only those below it:

    facades   word2vec  keyedvectors  phrases  callbacks  utils  scripts  cli  ...    what a user imports
    5         formats   query        two wings: bytes of a model; answers from vectors
    4         training               epochs, jobs with their learning rates, progress
    3         backends               run jobs: threads; reference, a specification in NumPy
    2         architectures  objectives  model       input rows; target rows; settings and matrices
    1         corpus                 readers, counts, encoded tokens
    0         kernels                the arithmetic in C, once for each instruction set; random numbers

The data's way: a file or an iterable becomes counts and encoded ids (corpus), which are cut into jobs (training) that
worker threads run (backends): an architecture walks over the windows, an objective names target rows, and a block
(kernels) does the arithmetic on the rows of the matrices (model). What is left is vectors, to be asked (query) and kept
(formats). The whole story is in docs/architecture.md.
"""

try:
    from . import callbacks, doc2vec, fasttext, matutils, utils
    from ._version import __version__
    from .corpus.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
    from .diagnostics import show_config
    from .doc2vec import Doc2Vec
    from .fasttext import FastText
    from .keyedvectors import KeyedVectors
    from .phrases import Phrases
    from .presets import preset
    from .word2vec import Word2Vec
except ModuleNotFoundError as error:
    from ._unbuilt import explanation

    if (text := explanation(error)) is None:
        raise
    raise ImportError(text) from error

__all__ = [
    "BrownCorpus",
    "Doc2Vec",
    "FastText",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Phrases",
    "Text8Corpus",
    "Word2Vec",
    "__version__",
    "callbacks",
    "doc2vec",
    "fasttext",
    "matutils",
    "preset",
    "show_config",
    "utils",
]
