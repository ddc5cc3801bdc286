"""A rule decides about single words."""

from gensim import utils
from gensim.models import Word2Vec


def rule(word, count, min_count):
    if word == "seldom":
        return utils.RULE_KEEP
    if word == "the":
        return utils.RULE_DISCARD
    return utils.RULE_DEFAULT


sentences = [["the", "cat"], ["the", "dog"], ["the", "cat"], ["seldom"]]
model = Word2Vec(sentences, vector_size=4, min_count=2, trim_rule=rule)

results = {"words": sorted(model.wv.index_to_key), "rules": [utils.RULE_DEFAULT, utils.RULE_DISCARD, utils.RULE_KEEP]}
