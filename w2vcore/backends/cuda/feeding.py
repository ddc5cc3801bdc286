"""Tokens on the device: a whole corpus once, or the tokens of a group of jobs through pinned memory.

resident   a large batch that fits: copied once, trained in every epoch
staged     everything else: two slots take turns, so that one is filled while the other is trained
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Job, Plan
from w2vcore.backends.run_tables import check_tags
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.tagging import Tags

from .gpu import Gpu, MirroredBuffer
from .grouping import Stretch, stretches
from .layout import JOB_SUMS, SEGMENT
from .segments import Indices, cut, sentences_of, with_context

LONGEST_SENTENCE = 2**31 - 1  # tokens, as the kernels count them
UPLOAD_IDS = 16 << 20  # tokens of a resident batch that are copied between two checks for Ctrl-C


@dataclass
class LaunchGroup:
    """The work of one launch: tokens with consecutive places in the epoch, and the segments in them.

    Attributes
    ----------
    position : int
        Place of the first token in the epoch.
    resident : bool
        Whether the tokens are those of the resident batch; otherwise they are `ids` and `offsets`.
    ids : list of ndarray of uint32
        To be concatenated.
    offsets : list of ndarray of int64
        The sentences' borders, likewise; each array begins where the last one ended.
    segments : list of ndarray of SEGMENT
    tag_rows, tag_from : list of ndarray
        The tags of the sentences, and their borders, as `ids` and `offsets`; empty if batches have none.
    tokens, sentences, tags : int
        Their numbers in `ids`, `offsets` and `tag_rows`.
    """

    position: int
    resident: bool
    ids: list[NDArray[np.uint32]] = field(default_factory=list)
    offsets: list[Indices] = field(default_factory=list)
    segments: list[NDArray[np.void]] = field(default_factory=list)
    tag_rows: list[NDArray[np.uint32]] = field(default_factory=list)
    tag_from: list[Indices] = field(default_factory=list)
    tokens: int = 0
    sentences: int = 0
    tags: int = 0

    def add(self, ids: NDArray[np.uint32], offsets: Indices, tags: Tags | None) -> None:
        """Append tokens and their sentences, which have these tags."""
        first = not self.offsets
        self.ids.append(ids)
        self.offsets.append((offsets if first else offsets[1:]) + self.tokens)
        self.tokens += len(ids)
        self.sentences += len(offsets) - 1
        if tags is not None:
            self.tag_rows.append(tags.rows)
            self.tag_from.append((tags.offsets if first else tags.offsets[1:]) + self.tags)
            self.tags += len(tags.rows)


def launch_groups(
    plan: Plan, epoch: int, group: list[Job], longest: int, resident: Batch | None, rows: int
) -> list[LaunchGroup]:
    """Return a group of jobs as launches, in order.

    Parameters
    ----------
    plan : Plan
    epoch : int
    group : list of Job
    longest : int
        Most centres in a segment.
    resident : Batch or None
        The batch that is on the device as a whole.
    rows : int
        Of the input matrix.

    Raises
    ------
    ValueError
        If a job is not within its batch, or the batch not within the vocabulary and the matrix.
    """
    rates = np.array([job.alpha for job in group], np.float32)
    found: list[LaunchGroup] = []
    for stretch in stretches(group):
        check(stretch, plan, rows)
        if not stretch.tokens:
            continue
        batch, segments = stretch.batch, cut(stretch.batch.offsets, stretch.borders, longest)
        low = first = tokens = sentences = 0
        if batch is resident:
            if not (found and found[-1].resident and found[-1].position == stretch.position):
                found.append(LaunchGroup(stretch.position, True))
        else:
            start, stop = int(stretch.borders[0]), int(stretch.borders[-1])
            low, high = with_context(plan, batch, stretch.position, epoch, start, stop)
            first, offsets = sentences_of(batch.offsets, low, high)
            last = found[-1] if found else None
            tags = None if batch.tags is None else batch.tags.part(first, first + len(offsets) - 1)
            follows = last is not None and not last.resident and bool(last.tag_from) == (tags is not None)
            if last is None or not follows or last.position + last.tokens != stretch.position + low:
                last = LaunchGroup(stretch.position + low, False)
                found.append(last)
            tokens, sentences = last.tokens, last.sentences
            last.add(batch.ids[low:high], offsets, tags)
        column = np.zeros(len(segments), SEGMENT)
        column["sentence"] = segments.sentence + (sentences - first)
        column["start"] = segments.start + (tokens - low)
        column["stop"] = segments.stop + (tokens - low)
        column["job"] = segments.job + stretch.number
        column["alpha"] = rates[column["job"]]
        found[-1].segments.append(column)
    return found


def check(stretch: Stretch, plan: Plan, rows: int) -> None:
    """Raise ValueError for anything that would make the kernels read outside of arrays."""
    batch, low, high = stretch.batch, stretch.borders[0], stretch.borders[-1]
    size = len(batch)
    if low < 0 or high > size or (np.diff(stretch.borders) < 0).any() or batch.offsets[-1] != size:
        raise ValueError(f"job {low}..{high} is not within its batch of {size} tokens")
    if batch.highest_id >= len(plan.counts):
        raise ValueError(f"batch has id {batch.highest_id}, the input matrix {len(plan.counts)} rows")
    check_tags(plan.config, batch)
    if batch.tags is not None:
        if len(batch.tags.offsets) != len(batch.offsets) or batch.tags.offsets[-1] != len(batch.tags.rows):
            sentences = len(batch.offsets) - 1
            raise ValueError(f"tags must be those of {sentences} sentences, got {len(batch.tags.offsets) - 1}")
        if batch.tags.highest >= rows:
            raise ValueError(f"batch has tag row {batch.tags.highest}, the input matrix {rows} rows")


class Resident:
    """A batch that is on the device as a whole, with room for its kept tokens.

    Attributes
    ----------
    batch : Batch
    fields : dict of str to int
        The addresses, by the names of the launch's fields.
    kept : tuple or None
        The epoch and position for which the kept tokens were computed.
    """

    def __init__(self, gpu: Gpu, batch: Batch, subsample: bool) -> None:
        self.batch = batch
        self.kept: tuple[int, int] | None = None
        ids, offsets = batch.ids, np.ascontiguousarray(batch.offsets, np.int64)
        self._rooms = {"ids": gpu.room(ids.nbytes), "offsets": gpu.room(offsets.nbytes)}
        if subsample:
            self._rooms |= {name: gpu.room(ids.nbytes) for name in ("kept_ids", "kept_from")}
            self._rooms["kept_counts"] = gpu.room(4 * (len(offsets) - 1))
        tags: dict[str, NDArray[Any]] = {}
        if batch.tags is not None:
            tags = {"tag_from": batch.tags.offsets, "tag_rows": batch.tags.rows}
        self._rooms |= {name: gpu.room(array.nbytes) for name, array in tags.items()}
        self.fields = {name: int(room.ptr) for name, room in self._rooms.items()}
        for start in range(0, len(ids), UPLOAD_IDS):
            gpu.upload(self.fields["ids"] + 4 * start, ids[start : start + UPLOAD_IDS], gpu.compute)
            gpu.finish(gpu.compute)
        for name, array in {"offsets": offsets, **tags}.items():
            gpu.upload(self.fields[name], array, gpu.compute)
        gpu.finish(gpu.compute)


class Slot:
    """The buffers of a group: copies to the device, working memory of the kernels, and the sums that are copied back.

    Attributes
    ----------
    jobs : list of Job
        The group in this slot; empty if the slot is free.
    begun, done : Event
        Before and after the group's kernels.
    """

    def __init__(self, gpu: Gpu, subsample: bool) -> None:
        self._gpu = gpu
        self._ids, self._offsets = MirroredBuffer(gpu, np.uint32), MirroredBuffer(gpu, np.int64)
        self._tag_rows, self._tag_from = MirroredBuffer(gpu, np.uint32), MirroredBuffer(gpu, np.int64)
        self._segments, self.sums = MirroredBuffer(gpu, SEGMENT), MirroredBuffer(gpu, JOB_SUMS)
        self._next = MirroredBuffer(gpu, np.uint64)
        self._kept = {name: MirroredBuffer(gpu, np.uint32) for name in ("kept_ids", "kept_from", "kept_counts")}
        self._subsample = subsample
        self._copied = gpu.event()
        self.begun, self.done = gpu.event(), gpu.event()
        self.jobs: list[Job] = []

    def load(self, group: list[Job], launches: list[LaunchGroup]) -> None:
        """Begin to copy a group to the device; later kernels wait for the copy."""
        gpu, staged = self._gpu, [launch for launch in launches if not launch.resident]
        self._ids.fill([ids for launch in staged for ids in launch.ids])
        self._offsets.fill([offsets for launch in staged for offsets in launch.offsets])
        self._tag_rows.fill([rows for launch in staged for rows in launch.tag_rows])
        self._tag_from.fill([borders for launch in staged for borders in launch.tag_from])
        self._segments.fill([segments for launch in launches for segments in launch.segments])
        self._next.fill([np.zeros(len(launches), np.uint64)])
        self.sums.fill([np.zeros(len(group), JOB_SUMS)])
        if self._subsample:
            for name, length in (
                ("kept_ids", self._ids.length),
                ("kept_from", self._ids.length),
                ("kept_counts", self._offsets.length),
            ):
                self._kept[name].resize(length)
        self.jobs = group
        tags = [buffer for buffer in (self._tag_rows, self._tag_from) if buffer.length]
        for buffer in (self._ids, self._offsets, *tags, self._segments, self._next, self.sums):
            buffer.upload(gpu.copies)
        self._copied.record(gpu.copies)
        gpu.compute.wait_event(self._copied)

    def fields(self, launches: list[LaunchGroup], resident: Resident | None) -> list[dict[str, int]]:
        """Return the fields that differ between launches, as one dict per launch."""
        tokens = borders = sentences = work = tags = tag_borders = 0
        found = []
        for number, launch in enumerate(launches):
            length = sum(map(len, launch.segments))
            values = {
                "position": launch.position,
                "segments": self._segments.address + work * SEGMENT.itemsize,
                "n_segments": length,
                "next_segment": self._next.address + 8 * number,
                "sums": self.sums.address,
            }
            work += length
            if launch.resident:
                assert resident is not None
                values |= {**resident.fields, "sentences": len(resident.batch.offsets) - 1}
            else:
                values |= {
                    "ids": self._ids.address + 4 * tokens,
                    "offsets": self._offsets.address + 8 * borders,
                    "sentences": launch.sentences,
                }
                if self._subsample:
                    values["kept_ids"] = self._kept["kept_ids"].address + 4 * tokens
                    values["kept_from"] = self._kept["kept_from"].address + 4 * tokens
                    values["kept_counts"] = self._kept["kept_counts"].address + 4 * sentences
                if launch.tag_from:
                    values["tag_from"] = self._tag_from.address + 8 * tag_borders
                    values["tag_rows"] = self._tag_rows.address + 4 * tags
                    tag_borders += launch.sentences + 1
                    tags += launch.tags
                tokens += launch.tokens
                borders += launch.sentences + 1
                sentences += launch.sentences
            found.append(values)
        return found

    def stop(self) -> None:
        """Give the warps no further segment: each stops after its current one."""
        if self.jobs:
            self._next.host[:] = 1 << 62
            self._next.upload(self._gpu.copies)

    def collect(self) -> None:
        """Begin to copy the sums back; `done` happens when they have arrived."""
        self.sums.download(self._gpu.compute)
        self.done.record(self._gpu.compute)


def as_launch(settings: NDArray[np.void], *fields: dict[str, Any]) -> NDArray[np.void]:
    """Return a copy of a launch with some fields changed."""
    launch: NDArray[np.void] = settings.copy()
    for values in fields:
        for name, value in values.items():
            launch[name] = value
    return launch
