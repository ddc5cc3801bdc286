"""The CUDA backend takes part without a GPU: see cuda_backend.py."""

from cuda_backend import counting  # noqa: F401
