"""What type checkers infer of users' programs, and which mistakes they refuse."""

import importlib.util
from pathlib import Path

import pytest
from checkers import CHECKERS, FILES, differences

import w2vcore

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_does_what_a_file_says(checker, path):
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed; .ci/lint brings it")
    assert differences(checker, path, Path(w2vcore.__file__).parent) == []
