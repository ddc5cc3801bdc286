"""Mutants of C and Cython, made by hand: each is a fault that somebody could make, and that the named tests must see.

They are also the mutants of Python that a random sample would seldom draw: waiting for the disk, merging, names of files.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A change of one place in the source.

    Attributes
    ----------
    file : str
        Below w2vcore/.
    old, new : str
        `old` stands once in the file.
    tests : str
        What to run, below tests/; the sooner it fails, the better.
    """

    file: str
    old: str
    new: str
    tests: str


MUTANTS = (
    # files
    Mutant("formats/atomic.py", "        _sync(self._temporary.path)\n", "", "unit/formats/test_atomic.py"),
    Mutant(
        "formats/atomic.py",
        "    for folder in folders:\n        _sync_folder(folder)\n",
        "",
        "unit/formats/test_atomic.py",
    ),
    Mutant(
        "formats/atomic.py",
        "            _sync_folder(last.target.parent)\n",
        "",
        "unit/formats/test_saved_together.py",
    ),
    Mutant(
        "formats/atomic.py",
        "            for folder in folders:\n                _sync_folder(folder)\n            last",
        "            last",
        "unit/formats/test_saved_together.py",
    ),
    Mutant("formats/rows.h", "around = 4.5e-16", "around = 1e-16", "property/test_numbers.py"),
    Mutant("formats/rows.h", "n_digits > 19", "n_digits > 20", "property/test_numbers.py"),
    Mutant("formats/shortest.h", "(uint32_t)high > 1", "(uint32_t)high > 3", "property/test_numbers.py"),
    Mutant("formats/shortest.h", "+ (is_near ? 255 : 0)", "", "property/test_numbers.py"),
    Mutant("formats/rows.h", "mantissa <= 1ULL << 53", "mantissa <= 1ULL << 54", "property/test_numbers.py"),
    # copies of the hottest rows
    Mutant(
        "kernels/replica.h",
        "    if (w2v_merge_rows(r, r->due, table))\n        r->due = 0;",
        "    w2v_merge_rows(r, r->due, table);\n    r->due = 0;",
        "unit/kernels/test_replica.py",
    ),
    Mutant("kernels/replica.h", "if (count > r->due)", "if (count < r->due)", "unit/kernels/test_replica.py"),
    Mutant("kernels/replica.h", "    W2V_UNLOCK(r->lock);\n", "", "unit/kernels/test_replica.py"),
    # random numbers
    Mutant("kernels/random.h", "0xD2511F53", "0xD2511F55", "unit/kernels/test_random.py"),
    # the walk over the windows
    Mutant("architectures/_windows.pyx", "walk.reach[n] = window - w2v_below", "walk.reach[n] = window + 1 - w2v_below",
           "contract/test_backends.py"),
    Mutant("architectures/_windows.pyx", "return tokens.keep is NULL or numbers[0] <= tokens.keep",
           "return tokens.keep is NULL or numbers[0] < tokens.keep", "contract/test_backends.py numeric"),
    Mutant("architectures/_windows.pyx", "            counts[j] += 1\n        return merged", "            counts[j] = 1\n        return merged",
           "contract/test_backends.py"),
    Mutant("architectures/_windows.pyx", "        counts[slots[j] - 1] += 1", "        counts[slots[j] - 1] = 1", "contract/test_backends.py"),
    Mutant("architectures/_windows.pyx", "while at < last and right < window:", "while at < last and right + 1 < window:",
           "contract/test_backends.py"),
    Mutant("architectures/_windows.pxd", "if at != walk.centre:", "if True:", "contract/test_backends.py"),
    Mutant("architectures/_skipgram.pyx", "            walk.ordinal += 1\n", "", "contract/test_backends.py"),
    # objectives
    Mutant("objectives/_huffman.pyx", "counts[leaf] <= total[inner]", "counts[leaf] < total[inner]", "property/test_huffman.py unit/objectives"),
    # corpus
    Mutant("corpus/_encoding.pyx", "used += row != gone", "used += 1", "unit/corpus"),
    Mutant("corpus/_encoding.pyx", "            if self.used > self.offsets[self.n_offsets - 1]:\n", "            if True:\n",
           "unit/corpus property/test_encoding.py"),
)  # fmt: skip
