"""Objectives that are registered from outside train on the GPU with a device half of their own, or inherit one."""

from pathlib import Path

import numpy as np
import pytest
from launches import train
from problems import ARCHITECTURES, plain, run

from w2vcore.backends.cuda.layout import device_code
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.objectives.base import DeviceHalf, DeviceTables, Objective, Targets
from w2vcore.objectives.negative_sampling import NegativeSampling
from w2vcore.objectives.registry import OBJECTIVES

CODE = """
#include "targets.cuh"

struct opposites {};

W2V_DEVICE void begin(opposites &, const w2v_objective &, float *) {}

W2V_DEVICE Targets targets_of(
    opposites &, const w2v_launch &, const w2v_objective &own, const Sentence &sentence, const Example &asked)
{
    const int64_t first = 2 * (int64_t)sentence.ids[asked.centre];
    return {at_address<float>(own.matrix), at_address<const uint32_t>(own.array0) + first, nullptr,
            at_address<const uint8_t>(own.array1), 2, true};
}
"""


def opposite(counts):
    return np.arange(len(counts), dtype=np.uint32)[::-1]


class Opposites(Objective):
    """The centre against the word as far from the end of the vocabulary as it is from the beginning."""

    name = "opposites"
    judge = "targets"

    def __init__(self, config, counts):
        self.opposite = opposite(counts)

    def select(self, epoch, centre, position, draw0):
        rows = np.array([centre, self.opposite[centre]], np.uint32)
        return Targets(rows, np.array([1.0, 0.0]), np.ones(2))


class Louder(NegativeSampling):
    """Negative sampling with random numbers of its own."""

    name = "louder"
    purpose = 23


class Milder(NegativeSampling):
    """Negative sampling that takes half of the noise words: not what the device half of its parent does."""

    name = "milder"

    def select(self, epoch, centre, position, draw0):
        rows, labels, counts, _ = super().select(epoch, centre, position, draw0)
        return Targets(rows, labels, np.where(labels == 1, counts, counts / 2))


def device_tables(config, counts):
    rows = np.ascontiguousarray(np.column_stack([np.arange(len(counts)), opposite(counts)]), np.uint32)
    return DeviceTables((rows, np.array([1, 0], np.uint8)), max_targets=2)


@pytest.fixture(autouse=True)
def _registered(tmp_path):
    code = tmp_path / "opposites.cuh"
    code.write_text(CODE, encoding="utf8")
    Opposites.device = DeviceHalf(str(code), device_tables, nbytes=lambda vocabulary: 8 * vocabulary)
    OBJECTIVES.update({chosen.name: chosen for chosen in (Opposites, Louder, Milder)})


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", ["opposites", "louder"])
def test_a_device_half_from_outside_is_the_reference(name, architecture):
    problem = plain(30).with_config(
        **ARCHITECTURES[architecture], objectives=(name,)
    )  # an even number: no opposites meet
    expected, matrices = run(ReferenceBackend(), problem)
    sums, found = train(problem)
    assert (sums.words, sums.examples, sums.judged) == (expected.words, expected.examples, expected.judged)
    assert sums.loss == pytest.approx(expected.loss, rel=1e-5)
    for table, matrix in matrices.items():
        np.testing.assert_allclose(found[table], matrix, atol=2e-6)


def test_a_half_is_not_inherited_by_other_targets():
    assert Louder.device_half() is NegativeSampling.device
    assert Path(Opposites.device_half().code).stem == "opposites"
    assert Milder.device_half() is None
    with pytest.raises(
        ValueError, match=r"^the objective 'milder' has no device half: no GPU trains it, pass device='cpu'$"
    ):
        device_code(plain().with_config(objectives=("milder",)).config)
