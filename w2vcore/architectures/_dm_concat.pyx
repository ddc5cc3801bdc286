"""DM with joined inputs: a unit is one window. Its words, each in its place, and the tags predict the centre.

The input is the rows side by side: those of the tags, then one for each place of the window, from left to right. Where
the sentence has no word, or the drawn window does not reach, stands the row of the word that pads.
"""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit, leave
from w2vcore.architectures._windows cimport WindowWorker
from w2vcore.kernels._types cimport int64_t


cdef bint next_joined(Walk *walk, Unit *unit) noexcept nogil:
    """The next window, if its sentence has tags (see _units.pxd)."""
    cdef int64_t place, tag, n = 0
    if walk.centre >= walk.stop or not walk.bags.n_tags:
        walk.centre = walk.stop
        return False
    for tag in range(walk.bags.n_tags):
        unit.rows[n] = walk.bags.tags[tag]
        n += 1
    for place in range(walk.centre - walk.window, walk.centre + walk.window + 1):
        if place == walk.centre:
            continue
        unit.rows[n] = walk.padding
        if (0 <= place < walk.size and place - walk.centre <= walk.reach[walk.centre]
                and walk.centre - place <= walk.reach[walk.centre]):
            unit.rows[n] = walk.ids[place]
        n += 1
    unit.inputs.n = n
    unit.inputs.counts = NULL
    unit.inputs.scale = unit.inputs.error_scale = 1
    unit.examples = 1
    leave(walk, unit)
    return True


cdef class DmConcatWorker(WindowWorker):
    """A worker for joined inputs."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        if features is not None:
            raise ValueError("the architecture 'dm_concat' does not train features of words")
        if config.window == "sentence":
            raise ValueError("window must be a number of words with the architecture 'dm_concat', got 'sentence'")
        self.choose(next_joined, next_joined, 2 * config.window)
        self.joins = True
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)

    cdef int64_t inputs_of(self, int64_t words, int64_t tags):
        """Return the most input rows of a unit: the same in any sentence."""
        return self.max_words + tags

    cdef object train(
        self, batch, int64_t start, int64_t stop, int64_t position, const double[::1] rates, int64_t epoch,
        int64_t tick, bint alike,
    ):
        """Train some tokens of a batch, whose sentences must all have the number of tags of the settings."""
        batch.check_tags(self.config.joined_tags)
        return WindowWorker.train(self, batch, start, stop, position, rates, epoch, tick, alike)
