"""Cut batches into jobs: ranges of tokens, each with its learning rate and its place in the epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from w2vcore.backends.base import Job
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import Order
from w2vcore.model.config import SENTENCES, TrainingConfig

from .schedule import LinearDecay

# In a corpus of more tokens, which lies in a file, sentences are moved in passages of a page of that file, 4 KB: a disk
# would read as much for a single one.
MOST_SINGLE, PAGE_WORDS = 1 << 28, 1000


def order_of(config: TrainingConfig, epoch: int, first_token: int, tokens: int) -> Order | None:
    """Return the order in which an epoch trains the sentences; None: that of the corpus.

    Parameters
    ----------
    config : TrainingConfig
    epoch : int
        Counted over all calls, as random draws are.
    first_token : int
        Place in the whole corpus of the first token of a rank's shard.
    tokens : int
        Of that shard.
    """
    if not config.shuffle:
        return None
    passage = config.batch_words
    if config.shuffle == SENTENCES:
        passage = 1 if tokens <= MOST_SINGLE else PAGE_WORDS
    return Order(passage, config.seed, epoch, first_token)


def cut(
    batches: Iterable[Batch], epoch: int, decay: LinearDecay, batch_words: int, first_token: int = 0
) -> Iterator[Job]:
    """Yield the jobs of one epoch: every token of every batch once, in order, `batch_words` tokens a job.

    A job may end inside a sentence: windows reach over its borders, so nothing changes by it but the learning rate's
    steps. A batch without tokens (all words unknown) still gives a job, so that its sentences are counted. Raw words
    and sentences are dealt out in proportion to tokens, and add up exactly.

    Parameters
    ----------
    batches : iterable of Batch
        One batch for an encoded corpus; many for a corpus that is read while it is trained.
    epoch : int
    decay : LinearDecay
    batch_words : int
    first_token : int
        Place of the first token in the epoch: not 0 for a rank that trains a later shard of the corpus.
    """
    position, words, sentences = first_token, 0, 0
    for batch in batches:
        size = len(batch)
        pieces = max(1, -(-size // batch_words))
        words_before = sentences_before = 0
        for piece in range(pieces):
            start = piece * batch_words
            stop = min(start + batch_words, size)
            words_after = batch.raw_words * stop // size if size else batch.raw_words
            sentences_after = batch.sentences * stop // size if size else batch.sentences
            yield Job(
                batch=batch,
                start=start,
                stop=stop,
                alpha=decay.alpha(epoch, words + words_before, sentences + sentences_before),
                position=position,
                raw_words=words_after - words_before,
                sentences=sentences_after - sentences_before,
            )
            words_before, sentences_before = words_after, sentences_after
        position += size
        words += batch.raw_words
        sentences += batch.sentences
