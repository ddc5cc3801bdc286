"""Whether training has left the finite numbers: known after each epoch, mostly without a look at all weights."""

from __future__ import annotations

from w2vcore.backends.base import Backend
from w2vcore.kernels._finite import all_finite
from w2vcore.model.inspection import LONG
from w2vcore.model.weights import Weights

from .schedule import LinearDecay


class Finiteness:
    """Made before an epoch: looks at all weights after it, unless it is sure that they are as finite as they were.

    They are looked at where it is not known that they were finite before, where the backend has noted an overflow or
    cannot tell, and at the latest after `LONG` tokens for each row. So no model that has diverged comes out of an epoch
    without an error, and an epoch of a few sentences does not take as long as a look at a million rows. Where the epoch
    ends without `check`, by an error, nothing is known of the weights after it.

    Parameters
    ----------
    backend : Backend
        Open.
    weights : Weights
    decay : LinearDecay
        Has the learning rate for the message.
    """

    def __init__(self, backend: Backend, weights: Weights, decay: LinearDecay) -> None:
        self._backend = backend
        self._weights = weights
        self._decay = decay
        self._were_finite = weights.inspection.take_finite(weights.matrices)

    def check(self, epoch: int, tokens: int, doubt: str = "") -> None:
        """Raise FloatingPointError if a weight is not finite after an epoch that has trained so many tokens.

        `doubt` is what else may have made it so, for the message.
        """
        inspection, matrices = self._weights.inspection, self._weights.matrices
        inspection.tokens += tokens
        noted = self._backend.may_have_diverged()
        if noted or not self._were_finite or inspection.tokens >= LONG * len(matrices["input"]):
            check_finite(epoch, self._weights, self._decay, doubt)
            inspection.tokens = 0
        inspection.put_finite(matrices)


def check_finite(epoch: int, weights: Weights, decay: LinearDecay, doubt: str = "") -> None:
    """Look at all weights, and raise FloatingPointError if one is not finite."""
    for name, matrix in weights.matrices.items():
        if not all_finite(matrix):
            raise FloatingPointError(
                f"vectors became non-finite in epoch {epoch} (matrix {name!r}) with alpha={decay.start:g}; lower alpha"
                f"{doubt}"
            )
