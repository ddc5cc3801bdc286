"""What the preset "items" gives on planted sessions, with one of its settings changed at a time; prints a table.

    python tests/quality/items.py [--seeds 3]

The hit rate at 10 is the share of held-out sessions whose last item is among the ten nearest to the mean of those before
it. Each seed has sessions of its own, the same for all rows; means and standard errors over the seeds.
"""

import argparse
import statistics

from planted_graphs import hit_rate, sessions

from w2vcore import Word2Vec, preset

SHAPES = {"2,000 items, 9,000 sessions": (100, 10_000), "10,000 items, 45,000 sessions": (500, 50_000)}
COMMON = {"vector_size": 32, "workers": 1}
ROWS = {
    'preset("gensim")': preset("gensim", **COMMON),
    'preset("items")': preset("items", **COMMON),
    **{
        f"{name}={value!r}": preset("items", **COMMON, **{name: value})
        for name, value in (
            ("window", 5),
            ("sample", 0),
            ("sample", 1e-4),
            ("negative", 5),
            ("negative", 20),
            ("ns_exponent", 0.75),
            ("ns_exponent", -0.5),
            ("epochs", 5),
            ("epochs", 20),
            ("alpha", 0.05),
        )
    },
}


def main():
    """Print a line for each row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(1, parser.parse_args().seeds + 1)
    print(f"| | {' | '.join(SHAPES)} |\n|---|{'---|' * len(SHAPES)}")
    for label, settings in ROWS.items():
        cells = [scores(*shape, settings, seeds) for shape in SHAPES.values()]
        print(f"| `{label}` | {' | '.join(cells)} |", flush=True)


def scores(groups, number, settings, seeds):
    """Train on most sessions, ask the rest; return mean and standard error."""
    found = []
    for seed in seeds:
        lists = sessions(groups, 20, number, seed)
        model = Word2Vec(lists[number // 10 :], seed=seed, **settings)
        found.append(hit_rate(model.wv, lists[: number // 10]))
    error = f" ±{statistics.stdev(found) / len(found) ** 0.5:.3f}" if len(found) > 1 else ""
    return f"{statistics.mean(found):.3f}{error}"


if __name__ == "__main__":
    main()
