"""The CUDA backend takes part without a GPU: see cuda_backend.py."""

from cuda_backend import emulated, leave_most_for_later  # noqa: F401


def pytest_collection_modifyitems(items):
    """An emulated device takes its time."""
    leave_most_for_later(items)
