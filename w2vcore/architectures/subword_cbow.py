"""CBOW over words of many rows: the rows of a word are summed once while it is in reach, not for each window."""

from __future__ import annotations

from typing import ClassVar

from w2vcore.model.config import TrainingConfig

from ._subword_cbow import SubwordCbowWorker
from .base import DeviceUnit
from .cbow import Cbow
from .subword_sums import keeps_sums


class SubwordCbow(Cbow):
    """CBOW whose inputs are, for each word of a window, the sum of its rows.

    A word comes into reach of a centre that is at most a window away, is in some ten windows, and leaves. Its rows are
    summed when it comes, blocks read and train the sum, and its rows receive what it has received when it leaves. Each
    of them is visited once for a word of the text. It is what "cbow" learns but for one thing: a row of two words that
    are in reach of each other, such as that of a common n-gram, has in either's sum what was learnt of that one alone
    since it came.

    In windows wider than `WIDEST_SUMS`, and of the whole sentence, it is "cbow".
    """

    name: ClassVar[str] = "subword_cbow"
    worker: ClassVar[type[SubwordCbowWorker]] = SubwordCbowWorker
    takes_tags: ClassVar[bool] = False

    @classmethod
    def sums_words(cls, config: TrainingConfig) -> bool:
        """Whether the inputs of a window are sums of rows that are kept from window to window."""
        return keeps_sums(config)

    @classmethod
    def device_unit(cls, config: TrainingConfig) -> DeviceUnit | None:  # type: ignore[override]
        """Return None: no GPU keeps sums."""
        return None
