"""The backend of several processes is held to the contract as a team of one."""

import pytest


@pytest.fixture(autouse=True)
def _alone(alone):
    """See tests/conftest.py."""
