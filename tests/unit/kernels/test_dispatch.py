"""The choice of the block table, and the checks of the doors."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from w2vcore.kernels import _dispatch, _testing
from w2vcore.model.weights import zeros


def active_with(isa):
    environment = {**os.environ, "W2VCORE_ISA": isa}
    code = "from w2vcore.kernels import _dispatch; print(_dispatch.active())"
    return run(code, environment)


def run(code, environment):
    """Run Python outside the checkout, so that it imports the package that is tested."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tempfile.gettempdir(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("isa", _dispatch.available())
def test_environment_chooses(isa):
    ran = active_with(isa)
    assert (ran.returncode, ran.stdout.strip()) == (0, isa), ran.stderr


def test_default_is_the_fastest():
    ran = active_with("")
    assert ran.stdout.strip() == _dispatch.available()[-2]  # the last is BLAS
    assert _dispatch.available()[0] == "portable"


@pytest.mark.parametrize("isa", ["nonsense", "AVX2 ", "bläs"])
def test_unknown_name_is_an_import_error(isa):
    ran = active_with(isa)
    assert ran.returncode != 0
    assert f"ImportError: W2VCORE_ISA={isa!r}" in ran.stderr
    assert ", ".join(_dispatch.available()) in ran.stderr


def test_blas_is_loaded_on_request_only():
    """scipy's BLAS takes a tenth of a second to import."""
    code = "import sys; from w2vcore.kernels import _dispatch; print('scipy.linalg' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "W2VCORE_ISA"}
    ran = run(code, environment)
    assert ran.stdout.strip() == "False", ran.stderr


def call(**changes):
    arguments = {
        "name": "portable",
        "shape": "pairs",
        "with_loss": True,
        "inputs": zeros(4, 16),
        "targets": zeros(4, 16),
        "input_rows": [1],
        "input_counts": None,
        "target_rows": [0, 2],
        "labels": [1, 0],
        "target_counts": [1, 1],
        "lock": None,
        "alpha": 0.1,
    }
    return _testing.run_block(**{**arguments, **changes})


def test_loss_of_zero_vectors():
    assert call() == (pytest.approx(2 * np.log(2)), 1, 0)  # a tie
    assert call(with_loss=False) == (0.0, 0, 0)
    assert call(times=3) == (pytest.approx(6 * np.log(2)), 3, 0)
    assert call(judge="targets")[1:] == (2, 0)


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"name": "mmx"}, "name must be one of portable"),
        ({"shape": "sum"}, "shape must be 'pairs' or 'mean', got 'sum'"),
        ({"judge": "words"}, "judge must be one of 'examples', 'targets', got 'words'"),
        ({"inputs": [[0.0] * 16]}, "inputs must be a two-dimensional float32 array, got list"),
        ({"targets": zeros(4, 16).astype(np.float64)}, "targets must be a two-dimensional float32"),
        ({"inputs": zeros(4, 20)[:, :20]}, "inputs must come with its padding, 32 columns, got 20"),
        ({"inputs": zeros(4, 16)[:, 1:]}, "inputs must be writable, with rows of a multiple of 16 floats"),
        ({"inputs": zeros(4, 32)}, "rows of one length"),
        ({"input_rows": [4]}, "input_rows must be less than 4, the number of rows, got 4"),
        ({"target_rows": [2, 2]}, "target_rows must be distinct"),
        ({"labels": [1]}, "labels must hold 2 numbers"),
        ({"columns": 17}, "columns must be from 1 to 16, got 17"),
        ({"target_counts": [[1, 1]]}, "target_counts must hold 2 numbers"),
        ({"input_counts": [1, 1]}, "input_counts must hold 1 numbers"),
        ({"lock": []}, "lock must hold 1 numbers"),
    ],
)
def test_door_checks_its_arguments(changes, text):
    with pytest.raises(ValueError, match=text):
        call(**changes)


def test_read_only_matrices_are_refused():
    matrix = zeros(4, 16)
    matrix.flags.writeable = False
    with pytest.raises(ValueError, match="targets must be writable"):
        call(targets=matrix)
