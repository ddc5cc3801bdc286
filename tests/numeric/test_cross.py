"""The blocks of a machine that is not here: compiled for aarch64 and run by qemu; and the same natively.

Needs a cross compiler with its C library and qemu's user mode: on Debian ``gcc-aarch64-linux-gnu qemu-user``.
"""

import io
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from w2vcore.backends import reference_blocks, reference_links
from w2vcore.model.weights import padded

pytestmark = pytest.mark.slow  # seconds of compiling

HERE = Path(__file__).parent
KERNELS = HERE.parents[1] / "w2vcore" / "kernels"
KINDS = ("pairs", "mean")
JUDGES = ("examples", "targets")
ROWS = 64
TOLERANCE = 1e-6  # as in test_blocks.py, where the number is explained

# Where Debian puts the C library of the other machine.
SYSROOT = "/usr/aarch64-linux-gnu"

# name: (block unit, compiler, how to run the program). Not -std=c99: with it GCC makes no fused multiply-add.
BUILDS = {
    "host portable": ("portable", "cc", []),
    "aarch64 portable": ("portable", "aarch64-linux-gnu-gcc", ["qemu-aarch64", "-L", SYSROOT]),
    "aarch64 neon": ("neon", "aarch64-linux-gnu-gcc", ["qemu-aarch64", "-L", SYSROOT]),
}


@dataclass
class Problem:
    kind: str
    size: int
    inputs: np.ndarray
    targets: np.ndarray
    input_rows: np.ndarray
    input_counts: np.ndarray | None
    target_rows: np.ndarray
    labels: np.ndarray
    target_counts: np.ndarray
    lock: np.ndarray
    alpha: float
    scale: float
    error_scale: float
    judge: str

    def write(self, file, with_loss):
        head = [
            KINDS.index(self.kind), with_loss, *self.inputs.shape, len(self.input_rows), len(self.target_rows),
            self.input_counts is not None, len(self.lock), JUDGES.index(self.judge), self.size,
        ]  # fmt: skip
        file.write(np.array(head, "<i8").tobytes())
        file.write(np.array([self.alpha, self.scale, self.error_scale], "<f4").tobytes())
        for array in (self.inputs, self.targets, self.input_rows, self.input_counts, self.target_rows, self.labels,
                      self.target_counts, self.lock):  # fmt: skip
            if array is not None:
                file.write(array.tobytes())

    def read(self, file):
        inputs, targets = (
            np.frombuffer(file.read(self.inputs.nbytes), "<f4").reshape(self.inputs.shape) for _ in range(2)
        )
        loss, counted = np.frombuffer(file.read(8), "<f8")[0], np.frombuffer(file.read(16), "<f8")
        return inputs, targets, loss, counted.tolist()

    def expect(self):
        """The answer of the reference, in float64."""
        inputs, targets = self.inputs.astype(float), self.targets.astype(float)
        counts = np.ones(len(self.input_rows)) if self.input_counts is None else self.input_counts.astype(float)
        lock = self.lock.astype(float) if len(self.lock) else np.ones(1)
        arguments = (
            inputs, targets, self.input_rows, counts, self.target_rows, self.labels.astype(float),
            self.target_counts.astype(float), lock, float(np.float32(self.alpha)),
        )  # fmt: skip
        if self.kind == "pairs":
            return inputs, targets, reference_blocks.block_pairs(*arguments, self.judge)
        scales = (float(np.float32(self.scale)), float(np.float32(self.error_scale)))
        return inputs, targets, reference_blocks.block_mean(*arguments, *scales, self.judge)


def problem(kind, size, n_inputs, n_targets, counts, locked):
    rng = np.random.default_rng([size, n_inputs, n_targets, counts, locked])
    inputs, targets = np.zeros((2, ROWS, padded(size)), np.float32)
    for matrix in (inputs, targets):
        matrix[:, :size] = rng.normal(0, 1.5 / np.sqrt(size), (ROWS, size))
    return Problem(
        kind,
        size,
        inputs,
        targets,
        input_rows=rng.choice(ROWS, n_inputs, replace=kind == "mean").astype(np.uint32),
        input_counts=rng.integers(1, 4, n_inputs).astype(np.float32) if counts else None,
        target_rows=rng.choice(ROWS, n_targets, replace=False).astype(np.uint32),
        labels=rng.integers(0, 2, n_targets).astype(np.float32),
        target_counts=rng.integers(0, 3, n_targets).astype(np.float32) if counts else np.ones(n_targets, np.float32),
        lock=rng.uniform(0, 1, 7 if locked else 0).astype(np.float32),
        alpha=0.3 / max(1, n_inputs, n_targets / 4),
        scale=1 / max(1, n_inputs),
        error_scale=0.75,
        judge=JUDGES[n_targets % 2],
    )


def problems():
    """Every size of a tile on either side, several tiles, and rows of one, some and many registers."""
    small = [(17, n_inputs, n_targets) for n_inputs in (0, 1, 2, 3, 4, 5, 9) for n_targets in range(10)]
    large = [(size, n_inputs, n_targets) for size in (1, 100, 300) for n_inputs in (1, 6, 40) for n_targets in (6, 21)]
    return [
        problem(kind, *shape, counts, locked)
        for kind in KINDS
        for shape in (*small, *large)
        for counts in (False, True)
        for locked in (False, True)
    ]


def build(name, folder):
    """Compile the driver with one block; return the command that runs it, or skip."""
    unit, compiler, runner = BUILDS[name]
    for tool in (compiler, *runner[:1]):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if sys.byteorder != "little":
        pytest.skip("the driver's files are little-endian")
    program = folder / "driver"
    command = [
        compiler, "-std=gnu99", "-O3", "-Wall", "-Wextra", "-Werror", f"-I{KERNELS}", f"-DTABLE=w2v_blocks_{unit}",
        HERE / "block_driver.c", KERNELS / f"block_{unit}.c", KERNELS / f"block_soft_{unit}.c", "-o", program, "-lm",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return unit, [*runner, program]


@pytest.fixture(scope="module", params=BUILDS)
def driver(request, tmp_path_factory):
    """Call the driver on the bytes of problems: the bytes of its results."""
    folder = tmp_path_factory.mktemp("driver")
    unit, command = build(request.param, folder)

    def run(data):
        (folder / "problems").write_bytes(data)
        done = subprocess.run(
            [*command, "problems", "results"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == unit
        return io.BytesIO((folder / "results").read_bytes())

    return run


def test_equals_reference(driver):
    file = io.BytesIO()
    todo = [(made, with_loss) for made in problems() for with_loss in (True, False)]
    for made, with_loss in todo:
        made.write(file, with_loss)
    results = driver(file.getvalue())
    for made, with_loss in todo:
        *got, loss, counted = made.read(results)
        *expected, sums = made.expect()
        for matrix, matrix_expected in zip(got, expected, strict=True):
            largest = max(1, np.abs(matrix_expected).max())
            np.testing.assert_allclose(matrix, matrix_expected, rtol=0, atol=TOLERANCE * largest, err_msg=str(made))
            assert not matrix[:, made.size :].any()
        assert loss == pytest.approx(sums.loss if with_loss else 0.0, rel=TOLERANCE, abs=TOLERANCE)
        assert counted == ([sums.judged, sums.correct] if with_loss else [0, 0])
    assert results.read() == b""


def test_sigmoid(driver):
    scores = np.linspace(-90, 90, 100_003, dtype=np.float32)
    scores[:6] = [np.inf, -np.inf, np.nan, 3e38, -3e38, -0.0]
    file = io.BytesIO()
    file.write(np.array([len(KINDS), 0, 1, len(scores), 0, 0, 0, 0, 0, 0], "<i8").tobytes())
    file.write(np.zeros(3, "<f4").tobytes())  # alpha, scale, error_scale
    file.write(scores.tobytes())
    got = np.frombuffer(driver(file.getvalue()).read(), "<f4")
    np.testing.assert_allclose(got[:6], [1, 0, np.nan, 1, 0, 0.5], rtol=0, atol=1e-37)
    exact = reference_links.sigmoid(scores[6:].astype(np.float64))
    assert np.abs(got[6:] - exact).max() < 2e-7  # what sigmoid.h promises
