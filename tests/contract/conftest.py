"""What backends need to take part: an emulated GPU (cuda_backend.py); several processes are held to it as a team of one."""

import pytest
from cuda_backend import emulated, leave_most_for_later  # noqa: F401


def pytest_collection_modifyitems(config, items):
    """An emulated device takes its time."""
    leave_most_for_later(config, items)


@pytest.fixture(autouse=True)
def _alone(alone):
    """See tests/conftest.py."""
