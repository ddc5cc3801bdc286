"""What type checkers infer of questions to KeyedVectors; checked by test_typing.py, not run."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

from w2vcore import KeyedVectors
from w2vcore.keyedvectors import KeyedVectors as SameClass

Vector = NDArray[np.floating[Any]]


class Items(KeyedVectors):
    """A class of a user."""


def nearest(wv: KeyedVectors, item: int, some: np.int64, topn: int | None, vector: Vector) -> None:
    assert_type(wv.most_similar("king"), list[tuple[str, float]])
    assert_type(wv.most_similar("king", topn=some), list[tuple[str, float]])
    assert_type(wv.most_similar(positive=["woman", "king"], negative=["man"]), list[tuple[str, float]])
    assert_type(wv.most_similar([("king", 2.0), ("man", -1.0)], restrict_vocab=1000), list[tuple[str, float]])
    assert_type(wv.most_similar({"king", "queen"}), list[tuple[str, float]])
    assert_type(wv.most_similar("king", topn=None), Vector)
    assert_type(wv.most_similar("king", None, None), Vector)
    assert_type(wv.most_similar("king", topn=topn), list[tuple[str, float]] | Vector)
    assert_type(wv.most_similar(item), list[tuple[Any, float]])
    assert_type(wv.most_similar(vector), list[tuple[Any, float]])
    assert_type(wv.most_similar_cosmul("king"), list[tuple[str, float]])
    assert_type(wv.most_similar_cosmul(["king"], topn=None), Vector)
    assert_type(wv.most_similar_cosmul(["king"], None, None), Vector)
    assert_type(wv.most_similar_batch(["king", "queen"], topn=3), list[list[tuple[str, float]]])
    assert_type(wv.most_similar_batch(vector), list[list[tuple[Any, float]]])
    assert_type(wv.similar_by_word("king"), list[tuple[str, float]])
    assert_type(wv.similar_by_key(item), list[tuple[Any, float]])
    assert_type(wv.similar_by_key("king", None), Vector)
    assert_type(wv.similar_by_vector(vector), list[tuple[Any, float]])
    assert_type(wv.similar_by_vector(vector, topn=None), Vector)


def an_index_of_another_library(wv: KeyedVectors, index: object) -> None:
    assert_type(wv.most_similar("king", indexer=index), Any)


def comparisons(wv: KeyedVectors, item: int) -> None:
    assert_type(wv.similarity("king", "queen"), np.float32)
    assert_type(wv.distance("king", item), np.float32)
    assert_type(wv.n_similarity(["king"], ["queen", "man"]), np.float32)
    assert_type(wv.wmdistance(["king"], ["queen"]), float)
    assert_type(wv.distances("king"), Vector)
    assert_type(wv.get_mean_vector(["king", "queen"]), Vector)
    assert_type(wv.cosine_similarities([1, 0], [[1, 0]]), Vector)
    assert_type(wv.doesnt_match(["king", "queen", "car"]), str)
    assert_type(wv.doesnt_match([1, 2, 3]), int)
    assert_type(wv.rank_by_centrality(["king", "queen"]), list[tuple[np.float32, str]])
    assert_type(wv.most_similar_to_given("king", ["queen", "man"]), str)
    assert_type(wv.closer_than("king", "queen"), list[str])
    assert_type(wv.closer_than(item, "queen"), list[Any])
    assert_type(wv.rank("king", "queen"), int)
    assert_type(wv.relative_cosine_similarity("king", "queen"), float)


def look_up(wv: KeyedVectors) -> None:
    assert_type(wv["king"], Vector)
    assert_type(wv[["king", "queen"]], Vector)
    assert_type(wv.get_vector("king", norm=True), Vector)
    assert_type(wv.get_index("king", -1), int)
    assert_type("king" in wv, bool)
    assert_type(len(wv), int)
    assert_type(wv.get_normed_vectors(), Vector)
    assert_type(wv.vectors_for_all(["king"]), KeyedVectors)


def evaluated(wv: KeyedVectors, path: Path) -> None:
    score, sections = wv.evaluate_word_analogies(path)
    assert_type(score, float)
    assert_type(sections[0]["section"], str)
    assert_type(sections[-1]["incorrect"], list[tuple[str, ...]])
    pearson, spearman, unknown = wv.evaluate_word_pairs(path, restrict_vocab=None)
    assert_type(pearson.statistic, float)
    assert_type(spearman[1], float)
    assert_type(unknown, float)


def loaded() -> None:
    assert_type(Items.load("items"), Items)
    assert_type(Items.load("items", mmap="r", keys=int), Items)
    assert_type(Items.load_any(Path("items.txt")), Items)
    assert_type(Items.load_word2vec_format(io.BytesIO(b"1 1\na 1\n"), datatype=np.float16), Items)
    assert_type(Items.from_snapshot(Items(2).snapshot()), Items)
    assert_type(SameClass.load("vectors"), KeyedVectors)


def changed(wv: KeyedVectors) -> None:
    assert_type(wv.add_vector("king", [1, 2]), int)
    wv.add_vectors(["king", "queen"], np.ones((2, 2)), {"count": [1, 2]}, replace=True)
    wv["king"] = [0.5, 1.0]
    wv.vectors = np.ones((2, 2), np.float32)
    wv.vectors_lockf = np.ones(1, np.float32)
    wv.expandos["count"][:] = 1
    wv.index_to_key.sort()
