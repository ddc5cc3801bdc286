"""Skip-gram and CBOW, negative sampling and hierarchical softmax."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
settings = {"vector_size": 6, "min_count": 2, "epochs": 1, "workers": 2}
shapes = {}
for sg in (0, 1):
    ns = Word2Vec(sentences, sg=sg, negative=5, **settings)
    hs = Word2Vec(sentences, sg=sg, hs=1, negative=0, **settings)
    shapes[f"sg={sg}"] = [ns.syn1neg.shape, hs.wv.vectors.shape, hasattr(hs, "syn1"), hasattr(hs, "syn1neg")]
summed = Word2Vec(sentences, cbow_mean=0, ns_exponent=0.5, shrink_windows=False, window=2, **settings)

results = {"shapes": shapes, "summed": [summed.cbow_mean, summed.ns_exponent, summed.window, summed.sg, summed.hs]}
