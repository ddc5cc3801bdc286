"""How much prove.py measures: on a device, and in a rehearsal, where every line of every part runs on an emulator."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """What the parts of prove.py (proving.py) take; the defaults are those of a device.

    Attributes
    ----------
    vectors : tuple of int
        Lengths of vectors that are timed. Quality and staleness are looked at with the first.
    rows : int
        Words of the synthetic text, and rows of the matrices whose limits are measured.
    words : int
        Words of the synthetic text.
    repeats : int
        How often the text is taken to be long enough for the device.
    gensim_words, stale_words, profiled_words : int
        What gensim, each number of warps, and the profile are given of the text.
    warps : tuple of int
        Numbers of warps whose staleness is compared.
    seeds : tuple of int
    epochs : int
        Of the models whose quality is compared.
    alone : int
        Bytes of the matrix that is larger than any cache, at most.
    rounds : int
        Rows that each warp reads.
    cases : int or None
        How many cases of the contract suite are compiled; None: all.
    parity, tests : str
        Which tests of the contract suite, and of those that want a GPU, are run: as pytest's ``-k``.
    topics : int or None
        Kinds of model whose topics are looked at where there are no data, and sentences by thousands; None: all.
    """

    vectors: tuple[int, ...] = (100, 300)
    rows: int = 68_289
    words: int = 16_840_000
    repeats: int = 4
    gensim_words: int = 2_000_000
    stale_words: int = 4_000_000
    profiled_words: int = 6_000_000
    warps: tuple[int, ...] = (64, 256, 1024, 10**6)
    seeds: tuple[int, ...] = (1, 2, 3)
    epochs: int = 3
    alone: int = 4 << 30
    rounds: int = 4096
    cases: int | None = None
    parity: str = "cuda"
    tests: str = "not contract"
    topics: int | None = None


DEVICE = Sizes()
REHEARSAL = Sizes(
    vectors=(8, 20), rows=30, words=60, repeats=2, gensim_words=50, stale_words=40, profiled_words=40, warps=(2, 3),
    seeds=(1, 2), epochs=1, alone=1 << 20, rounds=8, cases=3, parity="cuda and one_job and 17 and cbow and tree",
    tests="repeats_itself and cbow and tree", topics=1,
)  # fmt: skip
