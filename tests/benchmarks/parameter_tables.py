"""The tables of docs/choosing-parameters.md: which trainings are compared."""

from dataclasses import dataclass, field
from itertools import product

from w2vcore import preset

SKIP_GRAM = {"sg": 1, "vector_size": 100, "window": 5, "negative": 5, "sample": 1e-3, "min_count": 5}
CBOW = {"sg": 0}
TREE = {"hs": 1, "negative": 0}
MANY = {"negative": 15}

# What is scored of a trained model: a name -> a function of the model.
READINGS = {
    "input": lambda model: model.wv,
    "output=0.15": lambda model: model.wv.combined(output=0.15),
    "output=0.25": lambda model: model.wv.combined(output=0.25),
    "concatenated": lambda model: model.wv.combined(output="concatenated"),
}


@dataclass(frozen=True)
class Row:
    """A line of a table.

    Attributes
    ----------
    settings : dict
        What differs from the table's base.
    vectors : str
        Which of `READINGS` is scored.
    engine, shuffled
        As in `parameter_runs.Run`.
    """

    settings: dict = field(default_factory=dict)
    vectors: str = "input"
    engine: str = "w2vcore"
    shuffled: bool = False


@dataclass(frozen=True)
class Table:
    """Trainings that are compared: what all have in common, and label -> row."""

    base: dict
    rows: dict


def _one_changed(rows):
    """Return a table of five epochs in which one setting differs from row to row."""
    return Table({**SKIP_GRAM, "epochs": 5}, {label: Row(settings) for label, settings in rows.items()})


def _rates(kinds):
    """Return a table of three epochs in which kinds of models have learning rates."""
    rows = {
        f"{kind}, alpha={alpha:g}": Row({**settings, "alpha": alpha})
        for (kind, settings), alpha in product(kinds.items(), (0.025, 0.05, 0.075, 0.1))
    }
    return Table({**SKIP_GRAM, "epochs": 3}, rows)


HIGHER = {"alpha": 0.05}
SHUFFLED = {**HIGHER, "shuffle": "sentences"}
RARER = {**SHUFFLED, "sample": 1e-4}
HARMONIC = {"window": 10, "window_weights": "harmonic"}
WEIGHTED = preset("best", sample=1e-3)

TABLES = {
    "architecture": _one_changed(
        {
            "skip-gram, 5 noise words": {},
            "CBOW, 5 noise words": {**CBOW, **HIGHER},
            "skip-gram, hs=1": TREE,
            "CBOW, hs=1": {**CBOW, **HIGHER, **TREE},
        }
    ),
    "negative": _one_changed({f"negative={n}": {"negative": n} for n in (1, 2, 5, 10, 20)}),
    "sample": _one_changed({f"sample={s:g}": {"sample": s} for s in (0, 1e-3, 1e-4, 1e-5)}),
    "window": _one_changed(
        {
            **{f"window={w}": {"window": w} for w in (2, 5, 10)},
            "window=3, not shrunk": {"window": 3, "shrink_windows": False},
        }
    ),
    "vector_size": _one_changed({f"vector_size={d}": {"vector_size": d} for d in (25, 50, 100, 200, 300)}),
    "epochs": _one_changed({f"epochs={e}": {"epochs": e} for e in (1, 5, 10, 20)}),
    "min_count": _one_changed({f"min_count={m}": {"min_count": m} for m in (2, 5, 20)}),
    "ns_exponent": _one_changed({f"ns_exponent={x:g}": {"ns_exponent": x} for x in (1, 0.75, 0.5, 0, -0.5)}),
    "rates": _rates({"skip-gram": {}, "CBOW": CBOW}),
    "rates with 15 noise words": _rates({"skip-gram": MANY, "CBOW": {**CBOW, **MANY}}),
    "rates of trees": _rates({"skip-gram, hs=1": TREE, "CBOW, hs=1": {**CBOW, **TREE}}),
    "rates of the best preset": _rates(
        {"best": preset("best"), "best, shared": preset("best", negative_sharing="window")}
    ),
    "options": Table(
        {**SKIP_GRAM, "epochs": 3},
        {
            "alpha=0.025": Row({"alpha": 0.025}),
            "alpha=0.05": Row(HIGHER),
            "shuffled": Row(SHUFFLED),
            "linear": Row({**SHUFFLED, "window_weights": "linear"}),
            "harmonic, window=10": Row(WEIGHTED),
            "harmonic, window=10, sample=5e-4": Row(preset("best")),
            "the same, shared": Row(preset("best", negative_sharing="window")),
        },
    ),
    "shuffle": Table(
        {**SKIP_GRAM, "epochs": 3, **HIGHER},
        {
            "shuffle=False": Row(),
            "shuffle='jobs'": Row({"shuffle": "jobs"}),
            "shuffle='jobs', batch_words=1000": Row({"shuffle": "jobs", "batch_words": 1000}),
            "shuffle='sentences'": Row({"shuffle": "sentences"}),
            "CBOW, shuffle=False": Row(CBOW),
            "CBOW, shuffle='sentences'": Row({**CBOW, "shuffle": "sentences"}),
        },
    ),
    "options of CBOW": Table(
        {**SKIP_GRAM, **CBOW, "epochs": 3},
        {
            "alpha=0.025": Row({"alpha": 0.025}),
            "alpha=0.075": Row({"alpha": 0.075}),
            "shuffled": Row({**SHUFFLED, "alpha": 0.075}),
            "linear": Row({**SHUFFLED, "alpha": 0.075, "window_weights": "linear"}),
            "harmonic, window=10": Row({**SHUFFLED, **HARMONIC, "alpha": 0.075}),
            **{
                f"cbow_corrected=True, alpha={alpha:g}": Row({**SHUFFLED, "alpha": alpha, "cbow_corrected": True})
                for alpha in (0.05, 0.1, 0.2)
            },
        },
    ),
    "after training": Table(
        {**SKIP_GRAM, "epochs": 3},
        {
            f"{label}, {vectors}": Row(settings, vectors)
            for label, settings in {"shuffled": SHUFFLED, "harmonic, window=10": WEIGHTED}.items()
            for vectors in READINGS
        },
    ),
    "fast": Table(
        {**SKIP_GRAM, "epochs": 3},
        {
            "shuffled": Row(SHUFFLED),
            "shuffled, sample=1e-4": Row(RARER),
            "shuffled, sample=1e-4, shared": Row(preset("fast")),
            "shuffled, sample=1e-4, negative=3": Row({**RARER, "negative": 3}),
            "CBOW, shuffled, alpha=0.075": Row({**CBOW, **SHUFFLED, "alpha": 0.075}),
        },
    ),
    "equal epochs": Table(
        {**SKIP_GRAM, "epochs": 3},
        {
            **{
                f"{engine}, alpha={alpha:g}, {'shuffled once' if shuffled else 'as written'}": Row(
                    {"alpha": alpha}, engine=engine, shuffled=shuffled
                )
                for shuffled, engine, alpha in product((False, True), ("gensim", "fasttext", "w2vcore"), (0.025, 0.05))
            },
            "best, as written": Row(preset("best")),
            "best, shuffled once": Row(preset("best"), shuffled=True),
        },
    ),
    "equal time": Table(
        {**SKIP_GRAM, **SHUFFLED},
        {
            **{f"plain, {epochs} epochs": Row({"epochs": epochs}) for epochs in (6, 40, 66)},
            **{f"best, {epochs} epochs": Row(preset("best", epochs=epochs)) for epochs in (3, 10, 24, 40)},
        },
    ),
    "sharing with weights": Table(
        {**SKIP_GRAM, **SHUFFLED, "epochs": 3},
        {
            f"{windows}, negative={negative}, {sharing}": Row(
                {**settings, "negative": negative, "negative_sharing": sharing}
            )
            for windows, settings in {"drawn": {}, "linear": {"window_weights": "linear"}, "harmonic": HARMONIC}.items()
            for negative, sharing in product((5, 15), ("pair", "window"))
        },
    ),
    "gensim's time": Table(
        {**SKIP_GRAM, "epochs": 5},
        {
            "gensim, 5 epochs": Row(engine="gensim"),
            "w2vcore, 5 epochs": Row(),
            "best, 10 epochs": Row(preset("best", epochs=10)),
        },
    ),
}
