"""Corpora whose answer is known: walks on a graph of planted blocks, and sessions of shoppers who keep to a group."""

import numpy as np


def edges(nodes, block, inside, outside, seed):
    """A graph of equal blocks, as an array of pairs of node numbers; node n is in block ``n // block``.

    `inside` and `outside` are the mean number of neighbours in the node's own block and in others.
    """
    return _edges(nodes, block, inside, outside, np.random.default_rng(seed))


def _edges(nodes, block, inside, outside, rng):
    edges = set()
    while len(edges) < nodes * inside // 2:
        one, other = rng.integers(nodes // block) * block + rng.integers(block, size=2)
        edges.add((min(one, other), max(one, other)))
        edges.discard((one, one))
    within = len(edges)
    while len(edges) < within + nodes * outside // 2:
        one, other = rng.integers(nodes, size=2)
        if one // block != other // block:
            edges.add((min(one, other), max(one, other)))
    return np.array(sorted(edges))


def walks(nodes, block, inside, outside, walks_per_node, length, seed):
    """Random walks on such a graph, as an array of node numbers."""
    rng = np.random.default_rng(seed)
    ends = _edges(nodes, block, inside, outside, rng)
    ends = np.concatenate([ends, ends[:, ::-1]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    degree = np.bincount(ends[:, 0], minlength=nodes)
    first = np.cumsum(degree) - degree
    begins = np.flatnonzero(degree)
    path = np.empty((walks_per_node * len(begins), length), np.int64)
    path[:, 0] = np.concatenate([rng.permutation(begins) for _ in range(walks_per_node)])
    for step in range(1, length):
        here = path[:, step - 1]
        path[:, step] = ends[first[here] + rng.integers(degree[here]), 1]
    return path


def share_in_block(wv, block, nearest=10):
    """Share of the nearest neighbours of all nodes that are in the node's own block."""
    keys = np.array([int(key) for key in wv.index_to_key])
    unit = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    hits = 0
    for begin in range(0, len(unit), 1000):
        rows = np.arange(begin, min(begin + 1000, len(unit)))
        cosines = unit[rows] @ unit.T
        cosines[np.arange(len(rows)), rows] = -np.inf
        top = np.argpartition(-cosines, nearest, axis=1)[:, :nearest]
        hits += (keys[top] // block == keys[rows, None] // block).sum()
    return hits / (len(unit) * nearest)


def sessions(groups, size, number, seed):
    """Sessions of 3 to 8 items of one group, a quarter of them replaced by what everybody takes (docs/recommendations.md)."""
    rng = np.random.default_rng(seed)
    lists = []
    for group in rng.integers(groups, size=number):
        length = int(rng.integers(3, 9))
        own = group * size + rng.permutation(size)[:length]
        popular = groups * size + rng.zipf(1.5, size=length) % 50
        lists.append([str(item) for item in np.where(rng.random(length) < 0.25, popular, own)])
    return lists


def hit_rate(wv, lists, first=10):
    """Share of sessions whose last item is among the `first` nearest to the mean of those before."""
    known = [[item for item in session if item in wv] for session in lists]
    known = [session for session in known if len(session) >= 2]
    queries = np.array([wv.get_mean_vector(session[:-1]) for session in known])
    answers = wv.most_similar_batch(queries, topn=first + max(map(len, known)))
    hits = 0
    for session, answer in zip(known, answers, strict=True):
        suggested = [item for item, _ in answer if item not in set(session[:-1])][:first]
        hits += session[-1] in suggested
    return hits / len(known)


def partner_sessions(number, seed, items=5000, categories=50):
    """Sessions of 3 to 8 items of one category, in which each item has a partner that follows it half of the time.

    Else the next item is any of the category. So the best ten are the partner and nine others, which are right in
    0.5 + 0.5 * 10 / size of the cases, size being that of a category: in 0.55 with 100 items.
    """
    rng = np.random.default_rng(seed)
    size = items // categories
    partner = np.concatenate([category * size + rng.permutation(size) for category in range(categories)])
    lists = []
    for category in rng.integers(categories, size=number):
        session = [int(category * size + rng.integers(size))]
        for _ in range(int(rng.integers(2, 8))):
            follows = rng.random() < 0.5
            session.append(int(partner[session[-1]] if follows else category * size + rng.integers(size)))
        lists.append(session)
    return lists
