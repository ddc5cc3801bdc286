"""A class that users derive may override any public method, and it is called wherever the answer of another depends on it."""

import inspect

import numpy as np
import pytest

from w2vcore import KeyedVectors

VECTORS = np.array([[1, 0], [0, 1], [3, 2], [2, 3]], np.float32)
GROWN = ["allocate_vecattrs", "clear_norms"]


@pytest.fixture
def calls():
    return []


@pytest.fixture
def own(calls):
    """A class in which each public method notes its name, and does what it did."""

    def noting(name):
        def method(self, *arguments, **options):
            calls.append(name)
            return getattr(super(Own, self), name)(*arguments, **options)

        return method

    def noting_of_class(name):
        def method(cls, *arguments, **options):
            calls.append(name)
            return getattr(super(Own, cls), name)(*arguments, **options)

        return classmethod(method)

    methods = {}
    for name in dir(KeyedVectors):
        found = inspect.getattr_static(KeyedVectors, name)
        if not name.startswith("_") and isinstance(found, classmethod):
            methods[name] = noting_of_class(name)
        elif not name.startswith("_") and inspect.isfunction(found):
            methods[name] = noting(name)
    Own = type("Own", (KeyedVectors,), methods)
    return Own


@pytest.fixture
def kv(own, calls):
    kv = own(2)
    kv.add_vectors(["man", "woman", "king", "queen"], VECTORS, extras={"count": [4, 9, 2, 1]})
    calls.clear()
    return kv


def test_the_constructor(own, calls):
    own(2)
    assert calls == ["clear_norms"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:add_vector copies")
@pytest.mark.parametrize(
    ("method", "arguments", "expected"),
    [
        ("__getitem__", ["man"], ["get_vector", "get_index"]),
        ("__getitem__", [["man", "king"]], ["get_index", "get_index"]),
        ("__setitem__", ["man", [1, 2]], GROWN),
        ("word_vec", ["man"], ["get_vector", "get_index"]),
        ("fill_norms", [True], ["clear_norms"]),
        ("add_vector", ["x", [1, 2]], ["clear_norms", *GROWN]),
        ("add_vectors", [["x"], [[1, 2]], {"count": [1]}], ["clear_norms", "allocate_vecattrs", *GROWN]),
        ("set_vecattr", ["man", "count", 2], ["get_index", "allocate_vecattrs"]),
        ("get_vecattr", ["man", "count"], ["get_index"]),
        ("resize_vectors", [], GROWN),
        ("sort_by_descending_frequency", [], GROWN),
        ("remove", ["man"], GROWN),
        ("unit_normalize_all", [], ["clear_norms"]),
        ("init_sims", [], ["fill_norms"]),
        ("init_sims", [True], ["unit_normalize_all", "clear_norms"]),
        ("__setattr__", ["vectors", VECTORS], ["clear_norms"]),
        ("similar_by_word", ["man"], ["similar_by_key", "most_similar"]),
        ("similar_by_vector", [[1, 2]], ["most_similar"]),
        ("distance", ["man", "king"], ["similarity", *["get_vector", "get_index"] * 2]),
        ("distances", ["man", ["king"]], ["get_vector", "get_index", "get_index"]),
        ("n_similarity", [["man"], ["king"]], ["get_mean_vector", "get_mean_vector"]),
        ("doesnt_match", [["man", "king"]], ["rank_by_centrality"]),
        ("most_similar_to_given", ["man", ["king"]], ["similarity", *["get_vector", "get_index"] * 2]),
        ("rank", ["man", "queen"], ["closer_than", "get_index", "get_index"]),
        ("words_closer_than", ["man", "queen"], ["closer_than", "get_index", "get_index"]),
        ("vectors_for_all", [["man"], True, True], ["allocate_vecattrs"]),
    ],
)
def test_methods_that_a_method_calls(kv, calls, method, arguments, expected):
    getattr(kv, method)(*arguments)
    assert calls == [name for name in [method] if not name.startswith("__")] + expected


def test_methods_that_files_call(kv, own, calls, tmp_path):
    kv.save(tmp_path / "kv")
    kv.save_word2vec_format(tmp_path / "text")
    assert calls == ["save", "snapshot", "save_word2vec_format", "snapshot"]
    calls.clear()
    own.load(tmp_path / "kv")
    own.load_any(tmp_path / "text")
    made = ["from_snapshot", "clear_norms", "clear_norms"]
    assert calls == ["load", *made, "add_lifecycle_event", "load_any", *made]


def test_a_query_that_finds_a_changed_row_clears_the_norms(kv, calls):
    kv.most_similar("man")
    matrix = kv.vectors
    for query in (lambda: kv.most_similar("man"), lambda: kv.most_similar_batch(["man"])):
        query()
        matrix[2] *= 2
        calls.clear()
        query()
        assert calls[1:] == ["clear_norms"]
