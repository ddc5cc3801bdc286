"""Random walks on graphs, as a corpus for `Word2Vec`: DeepWalk and node2vec.

>>> from w2vcore import Word2Vec
>>> from w2vcore.walks import RandomWalks
>>> walks = RandomWalks([("ann", "bob"), ("bob", "cid"), ("dan", "eve")], num_walks=2, walk_length=3)
>>> model = Word2Vec(walks, vector_size=8, min_count=1, sample=0)
>>> len(model.wv)
5

edges       file, array, matrix, networkx or pairs --> numbers of nodes
graph       these, in order --> arrays
_walks      arrays --> walks, in C
random_walks    walks --> a corpus (corpus/numbered.py)
reference   what the kernel must draw, step by step, in NumPy
"""

from .random_walks import RandomWalks

__all__ = ["RandomWalks"]
