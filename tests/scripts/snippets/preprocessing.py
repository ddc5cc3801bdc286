"""Text to tokens."""

import gensim
from gensim.utils import deaccent, tokenize

text = "The 3 quick brown foxes' naïve café-owner (a_b) leapt over Brontosaurusland!"

results = {
    "simple": gensim.utils.simple_preprocess(text),
    "deacc": gensim.utils.simple_preprocess(text, deacc=True, min_len=3, max_len=20),
    "tokens": list(tokenize(text, lowercase=True)),
    "deaccent": deaccent("naïve café Žluťoučký"),
    "utf8": list(gensim.utils.to_utf8("naïve")),
    "unicode": gensim.utils.to_unicode(b"na\xc3\xafve"),
}
