"""Links under the path that plug-ins import them from; they are in objectives/links.py."""

from w2vcore.objectives.links import Link, Real, sigmoid, sigmoid_link, softplus

__all__ = ["Link", "Real", "sigmoid", "sigmoid_link", "softplus"]
