"""The log lines that people look for."""

import logging

from gensim.models import Word2Vec


class Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


handler = Lines()
root = logging.getLogger()
level = root.level
root.setLevel(logging.INFO)
root.addHandler(handler)
Word2Vec([["hello", "world"]] * 20, vector_size=4, min_count=1, epochs=1)
root.removeHandler(handler)
root.setLevel(level)
text = "\n".join(handler.lines)
fragments = (
    "collecting all words and their counts",
    "PROGRESS: at sentence #",
    "collected 2 word types from a corpus of 40 raw words and 20 sentences",
    "effective_min_count=1 retains 2 unique words",
    "deleting the raw counts dictionary of 2 items",
    "sample=0.001 downsamples 2 most-common words",
    "on 2 vocabulary and 4 features, using sg=0 hs=0 sample=0.001 negative=5",
    "EPOCH 0: training on 40 raw words",
)

results = {fragment: fragment in text for fragment in fragments}
