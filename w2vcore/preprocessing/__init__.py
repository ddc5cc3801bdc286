"""From texts to arrays for a training loop of your own: the steps of TensorFlow's word2vec tutorial.

    texts --vectorize--> matrix of ids --generate_training_data--> targets, contexts, labels
                                        (sampling table, pairs, candidates)

They have the arguments and the results of Keras and TensorFlow but need neither: they return NumPy arrays, which
TensorFlow, PyTorch and JAX accept. `Word2Vec` needs none of this; it makes its pairs while it trains.

    >>> from w2vcore.preprocessing import generate_training_data, vectorize
    >>> ids, vocabulary = vectorize(["The wide road shimmered in the hot sun"])
    >>> ids
    array([[2, 3, 6, 5, 7, 2, 8, 4]])
    >>> vocabulary
    ['', '[UNK]', 'the', 'wide', 'sun', 'shimmered', 'road', 'in', 'hot']

See docs/tensorflow-tutorial.md.
"""

from .candidates import log_uniform_candidates, log_uniform_probabilities
from .pairs import make_sampling_table, skipgrams
from .text import lower_and_strip_punctuation, vectorize
from .training_data import generate_training_data

__all__ = [
    "generate_training_data",
    "log_uniform_candidates",
    "log_uniform_probabilities",
    "lower_and_strip_punctuation",
    "make_sampling_table",
    "skipgrams",
    "vectorize",
]
