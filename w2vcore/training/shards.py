"""The shard of a corpus that one rank trains, and the check that ranks agree before they begin."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore._version import __version__
from w2vcore.backends.agreement import ALONE, Agreement
from w2vcore.backends.base import Job, Plan
from w2vcore.corpus.documents import LineDocuments, numbered_text
from w2vcore.corpus.numbered import is_numbered
from w2vcore.corpus.pooling import digest, pack, pool, unpack
from w2vcore.corpus.scanning import text_of
from w2vcore.corpus.shares import file_size, fingerprint, share
from w2vcore.corpus.sources import Corpus
from w2vcore.corpus.tagging import TagScan
from w2vcore.corpus.vocabulary import RawCounts
from w2vcore.corpus.warning import warn
from w2vcore.model.config import PER_RANK_FIELDS
from w2vcore.model.weights import Weights

from .checkpoint import Extent
from .schedule import LinearDecay

# Distance of the ranks' first tokens if the sizes of their shards are unknown: longer than any shard.
_FAR = 1 << 40


@dataclass(frozen=True)
class Shard:
    """A rank's shard: what it trains in each epoch.

    Attributes
    ----------
    decay : LinearDecay
        Over this shard. Ranks progress at about the same pace, so each rank's rate falls like that of the whole.
    first_token : int
        Place of its first token in the epoch.
    portion : float
        Its share of the corpus.
    done : Extent
        What is already done of the first epoch of the run.
    crew : Agreement
    """

    decay: LinearDecay
    first_token: int = 0
    portion: float = 1.0
    done: Extent = field(default_factory=Extent)
    crew: Agreement = ALONE

    def share(self, words: int | None) -> int | None:
        """Return this shard's share of a number of words."""
        return None if words is None else max(1, round(words * self.portion))

    def in_step(self, portions: Iterator[Iterator[Job]]) -> Iterator[Iterator[Job]]:
        """Yield portions until no rank has any left; ranks that run out yield empty ones, so that all yield as many."""
        if self.crew.size == 1:
            yield from portions
            return
        while True:
            portion = next(portions, None)
            if not self.crew.any("portion", portion is not None):
                return
            yield iter(()) if portion is None else portion


def shard_of(crew: Agreement, decay: LinearDecay, size: Extent | None, done: Extent) -> Shard:
    """Return the shard of this rank.

    Parameters
    ----------
    crew : Agreement
    decay : LinearDecay
        Over the whole corpus.
    size : Extent or None
        Of this rank's shard, if known.
    done : Extent
    """
    if crew.size == 1:
        return Shard(decay, done=done)
    mine = size or Extent()
    sizes = crew.exchange("encoding", [size is not None, mine.tokens, mine.raw_words, mine.sentences])
    known = bool(sizes[:, 0].all())
    column = 2 if decay.unit == "words" else 3
    if not known or not sizes[:, column].sum():
        here = replace(decay, total=max(1, decay.total // crew.size))
        return Shard(here, crew.rank * _FAR, 1 / crew.size, done, crew)
    before = int(sizes[: crew.rank, 1].sum())
    here = replace(decay, total=int(sizes[crew.rank, column]))
    return Shard(here, before, sizes[crew.rank, column] / sizes[:, column].sum(), done, crew)


def whole_size(crew: Agreement, size: Extent | None) -> Extent | None:
    """Return the size of the whole corpus, if that of each shard is known."""
    if crew.size == 1:
        return size
    mine = size or Extent()
    sizes = crew.exchange("encoding", [size is not None, mine.sentences, mine.raw_words, mine.tokens])
    sentences, raw_words, tokens = (int(number) for number in sizes[:, 1:4].sum(axis=0))
    return Extent(0, tokens, raw_words, sentences) if sizes[:, 0].all() else None


def share_corpus(crew: Agreement, corpus: Corpus) -> Corpus:
    """Return this rank's shard of a corpus: its share of lines in files or random walks, or the sentences it was given.

    Lines that are documents keep the tags that they have in the whole corpus.

    Raises
    ------
    ValueError
        If the files of a rank differ from those of rank 0.
    """
    if crew.size == 1:
        return corpus
    if is_numbered(corpus.sentences):
        crew.check_alike({"corpus": f"{corpus.name}, {corpus.sentences.digest()}"})
        return replace(corpus, sentences=corpus.sentences.share(crew.rank, crew.size))
    numbered = numbered_text(corpus.sentences)
    text = text_of(corpus.sentences) if numbered is None else numbered
    shared = text is not None and text.by_line and text.limit is None
    fields = {"corpus": "files" if shared else "sentences"}
    if text is not None and shared:
        fields["number of files"] = str(len(text.names))
        fields |= {f"file {number} of the corpus": fingerprint(name) for number, name in enumerate(text.names, 1)}
    crew.check_alike(fields)
    if text is None or not shared:
        return corpus
    measured = {number: file_size(text.names[number]) for number in range(crew.rank, len(text.names), crew.size)}
    sizes: dict[int, int] = {}
    for theirs in crew.gather_json("corpus", measured):
        sizes |= {int(number): size for number, size in theirs.items()}
    whole = [sizes[number] for number in range(len(text.names))]
    own = share(text.names, whole, text.longest, crew.rank, crew.size)
    if numbered is None:
        return Corpus(own, True, corpus.name)
    lines = crew.exchange("corpus", [own.count_lines()])[:, 0]
    return Corpus(LineDocuments(own, int(lines[: crew.rank].sum())), True, corpus.name)


def pooled_counts(crew: Agreement, raw: RawCounts) -> RawCounts:
    """Return the counts of the whole corpus.

    Raises
    ------
    ValueError
        If two ranks were given the same sentences.
    """
    if crew.size == 1:
        return raw
    numbers = crew.exchange("vocabulary", [digest(raw), raw.words])
    for rank in range(1, crew.size):
        same = np.flatnonzero((numbers[:rank, 0] == numbers[rank, 0]) & (numbers[:rank, 1] == numbers[rank, 1]))
        if len(same) and numbers[rank, 1]:
            crew.refuse(
                f"ranks {same[0]} and {rank} bring the same sentences ({raw.words:,} words), which would be trained "
                "twice: each rank passes its own part of the corpus, such as sentences[rank::size]. A file goes in as "
                "corpus_file= on all ranks, and each reads its share of the lines"
            )
    whole = pool(map(unpack, crew.gather("vocabulary", pack(raw))))
    return whole if whole.sentences else replace(whole, nothing=raw.nothing)


def pool_tags(crew: Agreement, scan: TagScan) -> None:
    """Make the counts of tags in a scan those of the whole corpus.

    Raises
    ------
    TypeError
        If a tag is neither a str nor an int.

    Warns
    -----
    UserWarning
        If most tags are numbers that several ranks have given to a document each.
    """
    if crew.size == 1:
        return
    for tag in scan.documents:
        if not isinstance(tag, (str, int)):
            raise TypeError(f"tags must be str or int to be counted by several processes, got {tag!r}")
    parts = [unpack(data) for data in crew.gather("vocabulary", pack(RawCounts(scan.documents, 0, 0)))]
    scan.documents = dict(pool(parts).counts)
    scan.words = dict(pool(map(unpack, crew.gather("vocabulary", pack(RawCounts(scan.words, 0, 0))))).counts)
    single = [tag for part in parts for tag, count in part.counts.items() if count == 1 and isinstance(tag, int)]
    repeated = len(single) - len(set(single))
    if crew.rank == 0 and 2 * repeated > len(scan.documents):
        warn(
            f"{repeated:,} numbers are the tag of a document on several ranks, and a tag is the same on all: these are "
            "trained as one. Number the documents over all ranks; or pass a file as corpus_file= on all of them, and "
            "the tags are the numbers of its lines"
        )


def check_ranks(
    crew: Agreement, plan: Plan, vocabulary: str, sums: Mapping[str, str] | None, others: Mapping[str, Any]
) -> None:
    """Refuse ranks that differ where all must be equal.

    Parameters
    ----------
    crew : Agreement
    plan : Plan
    vocabulary : str
        `digest_of_keys` of the keys.
    sums : dict of str to str or None
        `sums_of` of the weights; None: they are not compared.
    others : dict of str to object
        Other values that must be equal.

    Raises
    ------
    ValueError
        Names the rank and the field.
    """
    if crew.size == 1:
        return
    fields: dict[str, Any] = {"version of w2vcore": __version__}
    fields |= {name: value for name, value in asdict(plan.config).items() if name not in PER_RANK_FIELDS}
    fields |= others
    fields["size of the vocabulary"] = len(plan.counts)
    fields["vocabulary"] = vocabulary
    fields |= {"counts": _sum(plan.counts), "sample": _sum(plan.keep), "vectors_lockf": _sum(plan.lock)}
    if plan.tree is not None:
        fields["tree"] = _sum(plan.tree.children)
    if plan.features is not None:
        fields["features"] = plan.features.digest()
    fields |= {f"weights ({name})": total for name, total in (sums or {}).items()}
    crew.check_alike(fields)


def sums_of(weights: Weights) -> dict[str, str]:
    """Return the CRC-32 of each matrix, by name."""
    return {name: _sum(matrix) for name, matrix in weights.matrices.items()}


def digest_of_keys(keys: Any) -> str:
    """Return the CRC-32 of the keys of a vocabulary."""
    total = 0
    for key in keys:
        total = zlib.crc32(repr(key).encode("utf8", "surrogatepass") + b"\0", total)
    return f"{total:08x}"


def _sum(array: NDArray[Any]) -> str:
    """Return the CRC-32 of an array."""
    return f"{zlib.crc32(np.ascontiguousarray(array).data):08x}"
