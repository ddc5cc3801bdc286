"""The backend of several processes is held to the contract as a team of one, which needs no MPI."""

import pytest

from w2vcore.backends.team import Alone, simulated


@pytest.fixture(autouse=True)
def _one_rank():
    token = simulated.set(Alone())
    yield
    simulated.reset(token)
