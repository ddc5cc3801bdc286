"""Examples of training by several processes run as one."""

import pytest


@pytest.fixture(autouse=True)
def _alone(alone):
    """See tests/conftest.py."""
