"""What counts as a change of a model between two looks, and what does not."""

from dataclasses import replace

import numpy as np
import pytest

from w2vcore.corpus.compact import CompactKeys
from w2vcore.model.config import NEGATIVE, TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.training.setup import Look, Setup

KEYS = ["a", "b", "c"]


def setup(**different):
    matrices = {"input": zeros(3, 4), NEGATIVE: zeros(3, 4)}
    return Setup(
        **{
            "config": TrainingConfig(vector_size=4),
            "backend": "threads",
            "kernels": "avx2",
            "weights": Weights(matrices, 4),
            "arrays": {name: matrix[:, :4] for name, matrix in matrices.items()},
            "attributes": {"input": "wv.vectors", NEGATIVE: "syn1neg"},
            "counts": np.array([5, 3, 1]),
            "keep": np.full(3, 7, np.uint32),
            "lock": np.ones(3, np.float32),
            "tree": None,
            "keys": list(KEYS),
            "rows": {key: row for row, key in enumerate(KEYS)},
            "common": {},
            **different,
        }
    )


def test_the_same_is_no_change():
    before = setup()
    look = Look(before)
    copies = {name: getattr(before, name).copy() for name in ("counts", "keep", "lock")}
    for now in (before, replace(before, **copies), replace(before, config=replace(before.config))):
        changes = look.changes(now)
        assert not changes and changes.names == ()


def test_settings():
    before = setup()
    changes = Look(before).changes(replace(before, config=replace(before.config, alpha=0.5, window="sentence")))
    assert changes.settings == {"alpha": 0.5, "window": "sentence"}
    assert changes.names == ("window='sentence' (was 5)", "alpha=0.5 (was 0.025)")


def test_features_are_known_by_their_object():
    before = setup(features=Features.of([[0], [1], [2, 0]]))
    assert before.plan(before.config, 0).features is before.features
    assert not Look(before).changes(replace(before))
    changes = Look(before).changes(replace(before, features=Features.of([[0], [1], [2]])))
    assert changes and changes.names == ("the features",)


def test_matrices_are_known_by_their_arrays():
    before = setup()
    before.arrays["input"][1] = 5  # written into: the backend sees it
    assert not Look(before).changes(before)
    other = {**before.arrays, NEGATIVE: before.arrays[NEGATIVE].copy()}
    assert Look(before).changes(replace(before, arrays=other)).matrices == (NEGATIVE,)
    view = {**before.arrays, "input": before.arrays["input"][:]}
    assert Look(before).changes(replace(before, arrays=view)).names == ("wv.vectors",)


@pytest.mark.parametrize(
    ("column", "name"),
    [("counts", "the column 'count'"), ("keep", "the column 'sample_int'"), ("lock", "wv.vectors_lockf")],
)
def test_columns_are_compared_with_copies(column, name):
    before = setup()
    look = Look(before)
    getattr(before, column)[1] += 1
    changes = look.changes(before)
    assert changes.columns == (column,) and changes.names == (name,)
    assert look.changes(replace(before, **{column: getattr(before, column)[:2]})).columns == (column,)


def add_key(before):
    before.keys.append("d")
    before.rows["d"] = 3
    return before


def rename_key(before):
    before.keys[1] = "x"
    del before.rows["b"]
    before.rows["x"] = 1
    return before


CHANGED_KEYS = {
    "one more": add_key,
    "another name": rename_key,
    "another order": lambda before: replace(before, keys=KEYS[::-1], rows={"c": 0, "b": 1, "a": 2}),
    "another dict": lambda before: replace(before, rows={"a": 2, "b": 1, "c": 0}),
    "compact ones": lambda before: replace(before, keys=CompactKeys.of("xyz"), rows=CompactKeys.of("xyz")),
}


@pytest.mark.parametrize("change", CHANGED_KEYS.values(), ids=CHANGED_KEYS)
def test_keys(change):
    before = setup()
    look = Look(before)
    changes = look.changes(change(before))
    assert changes.vocabulary and changes.names == ("the vocabulary",)


def test_compact_keys_that_are_asked_for_are_the_same():
    keys = CompactKeys.of(KEYS)
    before = setup(keys=keys, rows=keys)
    assert not Look(before).changes(before)
    unpacked = replace(before, keys=keys.tolist(), rows={key: row for row, key in enumerate(KEYS)})
    assert not Look(before).changes(unpacked)
    others = replace(before, keys=["a", "b", "z"], rows={"a": 0, "b": 1, "z": 2})
    assert Look(before).changes(others).vocabulary
    assert Look(before).changes(replace(before, keys=CompactKeys.of(KEYS), rows=keys)).names == ()
    assert Look(before).changes(replace(before, keys=CompactKeys.of("xyz"), rows=keys)).vocabulary


def test_the_backend():
    before = setup()
    changes = Look(before).changes(replace(before, backend="reference"))
    assert changes.backend == "reference" and changes.names == ("backend='reference' (was 'threads')",)
    for one, other in (("threads", "mpi"), ("mpi", "threads")):
        with pytest.raises(ValueError, match=f"a callback set backend='{other}' \\(was '{one}'\\)"):
            Look(setup(backend=one)).changes(setup(backend=other))


def test_the_plan_has_the_tree():
    tree = huffman_tree(np.array([5, 3, 1]))
    before = setup(tree=tree, counts=np.array([1, 3, 5]))
    assert before.plan(before.config, 7).tree is tree
