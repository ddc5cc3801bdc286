"""The facades `Phrases` and `FrozenPhrases`: gensim's classes for words that belong together, as in ``new_york``.

>>> from w2vcore.phrases import Phrases, ENGLISH_CONNECTOR_WORDS
>>> sentences = [["new", "york", "is", "big"], ["she", "likes", "new", "york"]] * 5
>>> phrases = Phrases(sentences, min_count=3, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
>>> phrases[["new", "york", "sleeps"]]
['new_york', 'sleeps']
"""

from .arguments import ENGLISH_CONNECTOR_WORDS
from .models import FrozenPhrases, Phraser, Phrases
from .scoring import NEGATIVE_INFINITY as NEGATIVE_INFINITY
from .scoring import npmi_scorer, original_scorer

__all__ = ["ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "Phraser", "Phrases", "npmi_scorer", "original_scorer"]
