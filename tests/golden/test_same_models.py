"""Models of all kinds are the same to the bit as when models.json was written."""

import importlib.util
import re
from pathlib import Path

import pytest

# Not by its name: on the path, folders beside it such as `gensim` would be imported in place of packages.
_spec = importlib.util.spec_from_file_location("same_models", Path(__file__).with_name("same_models.py"))
same_models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(same_models)


def test_models_are_those_of_the_record():
    found = same_models.differences()
    if found is None:
        pytest.skip(f"nothing is recorded for {same_models.compiler()}: python tests/golden/same_models.py record")
    assert found == []


def test_the_record():
    """It has every kind, and no two kinds are alike but those that are to be."""
    for by_isa in same_models.recorded().values():
        for digests in by_isa.values():
            assert set(digests) >= set(same_models.KINDS)
            assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in digests.values())
            assert len(set(digests.values())) == len(digests) - 2  # what was resumed is what went on
