"""Where sums of rows are kept from window to window."""

from __future__ import annotations

from w2vcore.model.config import SENTENCE, TrainingConfig

# The widest windows whose words are summed. The rows of a word learn when it leaves, so in wider ones a word that comes
# again misses more of what it has learnt, and the sums no longer stay in the cache that is next to a core.
WIDEST_SUMS = 32


def keeps_sums(config: TrainingConfig) -> bool:
    """Whether "subword_cbow" keeps sums of rows in windows of this width.

    Examples
    --------
    >>> keeps_sums(TrainingConfig(window=5)), keeps_sums(TrainingConfig(window="sentence"))
    (True, False)
    """
    return config.window != SENTENCE and int(config.window) <= WIDEST_SUMS
