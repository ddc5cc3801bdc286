"""Sessions of tables, against loops over rows, from every kind of table and file."""

import datetime
import itertools

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.recommend import Sessions, read_sessions

RNG = np.random.default_rng(4)
ROWS = 400
TABLE = {
    "user": RNG.integers(0, 12, ROWS) * 7,
    "item": RNG.integers(0, 30, ROWS) + 2**53 + 1,  # more than a float64 holds
    "time": RNG.integers(0, 200, ROWS) * 60,
}


def by_loops(table, gap=None, drop_repeats=False):
    """Sessions of each user, in the order of the users' numbers."""
    rows = sorted(
        zip(
            table["user"].tolist(),
            table["time"].tolist(),
            range(len(table["user"])),
            table["item"].tolist(),
            strict=True,
        )
    )
    lists = []
    for _, events in itertools.groupby(rows, key=lambda row: row[0]):
        before = None
        for _, time, _, item in events:
            if before is None or (gap is not None and time - before > gap):
                lists.append([])
            if not (drop_repeats and lists[-1] and lists[-1][-1] == item):
                lists[-1].append(item)
            before = time
    return lists


def as_times(numbers, unit="us"):
    return (np.datetime64("2026-03-01", "s") + np.asarray(numbers).astype("timedelta64[s]")).astype(
        f"datetime64[{unit}]"
    )


@pytest.mark.parametrize("gap", [None, 0, 60, 600, 10**9])
@pytest.mark.parametrize("drop_repeats", [False, True])
def test_by_loops(gap, drop_repeats):
    expected = by_loops(TABLE, gap, drop_repeats)
    found = read_sessions(TABLE, gap=gap, drop_repeats=drop_repeats)
    assert found.tolist() == expected == [found[number] for number in range(len(found))]
    assert len(found.users) == len(found) and set(found.users) == set(TABLE["user"].tolist())
    timed = TABLE | {"time": as_times(TABLE["time"])}
    for same in (gap, None if gap is None else datetime.timedelta(seconds=gap)):
        assert read_sessions(timed, gap=same, drop_repeats=drop_repeats).tolist() == expected
    if drop_repeats:
        assert all(a != b for session in found for a, b in itertools.pairwise(session))


def test_rows_of_equal_times_stay_in_order():
    table = {"user": ["b", "a"] * 50, "item": list(range(100)), "time": [5] * 100}
    assert read_sessions(table).tolist() == [list(range(1, 100, 2)), list(range(0, 100, 2))]
    assert read_sessions(table, time=None).tolist() == read_sessions(table).tolist()


def test_a_column_of_sessions():
    table = {"basket": [9, 4, 9, 4], "item": ["a", "b", "c", "d"], "time": [3, 2, 1, 9], "user": ["u", "v", "u", "v"]}
    found = read_sessions(table, session="basket", gap=0)
    assert found.tolist() == [["b", "d"], ["c", "a"]]
    assert found.users == ["v", "u"]
    assert read_sessions(table, user=None, session="basket", time=None).tolist() == [["b", "d"], ["a", "c"]]
    with pytest.raises(ValueError, match="user and session must not both be None"):
        read_sessions(table, user=None)


def frames():
    """Kinds of tables: name -> (a function that makes one of columns, what must be installed)."""

    def pandas(columns, **options):
        import pandas

        return pandas.DataFrame(columns, **options)

    def nullable(columns):
        return pandas(columns).convert_dtypes()

    def categories(columns):
        return pandas(columns).astype({"user": "category", "item": "category"})

    def arrow(columns):
        import pyarrow

        return pyarrow.table({name: pyarrow.array(column) for name, column in columns.items()})

    def chunks(columns):
        import pyarrow

        halves = [
            arrow({name: column[part] for name, column in columns.items()}) for part in (slice(150), slice(150, None))
        ]
        return pyarrow.concat_tables(half.set_column(1, "item", half["item"].dictionary_encode()) for half in halves)

    def polars(columns):
        import polars

        return polars.DataFrame(columns)

    return {
        "lists": (lambda columns: {name: np.asarray(column).tolist() for name, column in columns.items()}, "numpy"),
        "objects": (
            lambda columns: {name: np.asarray(column).astype(object) for name, column in columns.items()},
            "numpy",
        ),
        "pandas": (pandas, "pandas"),
        "nullable": (nullable, "pandas"),
        "categories": (categories, "pandas"),
        "arrow": (arrow, "pyarrow"),
        "chunks": (chunks, "pyarrow"),
        "polars": (polars, "polars"),
    }


def same_sessions(found, expected):
    """Users may come in another order: that of their first rows."""
    assert sorted(found.tolist()) == sorted(expected)
    assert {type(item) for session in found for item in session} == {type(expected[0][0])}


@pytest.mark.parametrize("kind", frames())
@pytest.mark.parametrize("ids", ["int", "str"])
def test_kinds_of_tables(kind, ids):
    make, package = frames()[kind]
    pytest.importorskip(package)
    table = TABLE if ids == "int" else TABLE | {"item": np.array([f"é{item}" for item in TABLE["item"]])}
    times = as_times(table["time"]) if kind not in ("lists", "objects") else table["time"]
    same_sessions(read_sessions(make(table | {"time": times}), gap=600), by_loops(table, 600))


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.feather", "t.csv", "t.tsv", "t.csv.gz", "T.CSV"])
@pytest.mark.parametrize("kind", ["int", "text", "zeros", "words"])
def test_files_keep_ids(name, kind, tmp_path):
    """Integers stay integers, text stays text: 007 is not 7, and NA is an item."""
    pandas = pytest.importorskip("pandas")
    numbers = TABLE["item"]
    items = {
        "int": numbers,
        "text": np.array([f"item {number}" for number in numbers]),
        "zeros": np.array([f"00{number}" for number in numbers]),
        "words": np.array([("NA", "null", "nan", "None", "5", "007")[number % 6] for number in numbers]),
    }[kind]
    table = TABLE | {"item": items}
    frame = pandas.DataFrame(table | {"time": as_times(TABLE["time"])})
    path = tmp_path / name
    if ".csv" in name.lower() or ".tsv" in name:
        frame.to_csv(path, index=False, sep="\t" if "tsv" in name else ",")
    else:
        pytest.importorskip("pyarrow")
        if name.endswith(".parquet"):
            frame.to_parquet(path)
        else:
            frame.to_feather(path, compression="uncompressed")
    found = read_sessions(path, gap=600)
    same_sessions(found, by_loops(table, 600))
    assert {type(user) for user in found.users} == {int}
    same_sessions(read_sessions(str(path), gap=datetime.timedelta(minutes=10)), by_loops(table, 600))


def test_zones_become_utc(tmp_path):
    pytest.importorskip("pandas")
    (tmp_path / "t.csv").write_text(
        "user,item,time\n1,a,2026-01-01T12:00:00+02:00\n1,b,2026-01-01T10:00:01Z\n1,c,2026-01-01T09:00:00\n"
    )
    found = read_sessions(tmp_path / "t.csv")
    assert found.tolist() == [["c", "a", "b"]]
    assert [part.tolist() for part in found.split("2026-01-01T11:00:01+01:00", straddling="cut")] == [
        [["c", "a"]],
        [["b"]],
    ]


def test_ids_that_became_floats_are_refused():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"user": [1, 2], "item": [5, None], "time": [1, 2]})
    for table in (frame, {"user": [1, 2], "item": np.array([5.0, 6.0]), "time": [1, 2]}):
        with pytest.raises(TypeError, match=r"the column 'item' holds floats, .*df\['item'\]\.astype\('Int64'\)"):
            read_sessions(table)
    whole = frame.astype({"item": "Int64"})
    with pytest.raises(ValueError, match=r"'item' is empty in 1 rows, of which row 1 \(from 0\).*drop_missing=True"):
        read_sessions(whole)
    assert read_sessions(whole, drop_missing=True).tolist() == [[5]]


def test_missing_values(tmp_path):
    pytest.importorskip("pandas")
    (tmp_path / "t.csv").write_text("user,item,time\n1,5,1\n1,,2\n,7,3\n1,9007199254740993,4\n")
    with pytest.raises(ValueError, match="the column 'user' is empty in 1 rows, of which row 2"):
        read_sessions(tmp_path / "t.csv")
    found = read_sessions(tmp_path / "t.csv", drop_missing=True)
    assert found.tolist() == [[5, 9007199254740993]] and found.users == [1]
    for values in ([1, None, 2], [None, None, None]):
        with pytest.raises((ValueError, TypeError), match="the column 'time'"):
            read_sessions({"user": [1, 1, 1], "item": [1, 2, 3], "time": values})
    with pytest.raises(ValueError, match=r"'time' has no time in 1 rows, of which row 1"):
        read_sessions({"user": [1, 1], "item": [1, 2], "time": np.array(["2026-01-01", "NaT"], "datetime64[s]")})
    objects = {"user": [1, 1, 1], "item": np.array([3, None, "a"], object), "time": [1, 2, 3]}
    assert read_sessions(objects, drop_missing=True).tolist() == [[3, "a"]]


def test_missing_values_of_arrow():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"user": [1, 1, 1], "item": [2**60 + 1, None, 3], "time": [1, 2, 3]})
    with pytest.raises(ValueError, match="'item' is empty in 1 rows, of which row 1"):
        read_sessions(table)
    assert read_sessions(table, drop_missing=True).tolist() == [[2**60 + 1, 3]]
    with pytest.raises(TypeError, match="holds floats"):
        read_sessions(pyarrow.table({"user": [1], "item": [2.0], "time": [1]}))


def test_what_is_no_table(tmp_path):
    with pytest.raises(ValueError, match="item='product' is not a column of the table, which has: user, item, time"):
        read_sessions(TABLE, item="product")
    with pytest.raises(TypeError, match="a file, a data frame, or a mapping of columns, got list"):
        read_sessions([1, 2])
    with pytest.raises(ValueError, match=r"must end in one of \.parquet"):
        read_sessions(tmp_path / "sessions.txt")
    with pytest.raises(TypeError, match="the column 'time' must hold times or numbers, got"):
        read_sessions(TABLE | {"time": ["today"] * ROWS})
    with pytest.raises(ValueError, match="gap needs times"):
        read_sessions(TABLE, time=None, gap=5)
    with pytest.raises(ValueError, match="gap must be a number, as the column of times holds numbers"):
        read_sessions(TABLE, gap=datetime.timedelta(minutes=3))
    with pytest.raises(ValueError, match="gap must be"):
        read_sessions(TABLE, gap=-1)


def test_a_package_that_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    (tmp_path / "t.csv").write_text("user,item,time\n")
    with pytest.raises(ImportError, match=r"t\.csv needs pandas: pip install w2vcore\[tables\]"):
        read_sessions(tmp_path / "t.csv")


def test_empty_tables(tmp_path):
    pytest.importorskip("pandas")
    (tmp_path / "t.csv").write_text("user,item,time\n")
    empty = {"user": np.empty(0, int), "item": np.empty(0, int), "time": np.empty(0, int)}
    for table in (empty, tmp_path / "t.csv"):
        found = read_sessions(table, gap=5)
        assert len(found) == 0 and found.tolist() == []
        assert [len(part) for part in found.split(straddling="cut")] == [0, 0]


def test_as_a_sequence():
    found = read_sessions(TABLE, gap=600)
    assert isinstance(found[2:9], Sessions)
    assert found[2:9].tolist() == found.tolist()[2:9]
    assert found[-1] == found.tolist()[-1]
    with pytest.raises(IndexError):
        found[len(found)]
    long = found.chosen(found.lengths() > 3)
    assert long.tolist() == [session for session in found if len(session) > 3]
    assert found.chosen([5, 0]).users == [found.users[5], found.users[0]]


@pytest.mark.parametrize("straddling", ["drop", "cut"])
@pytest.mark.parametrize("at", [None, 6000])
def test_split(straddling, at):
    found = read_sessions(TABLE, gap=600)
    early, late = found.split(at, share=0.25, straddling=straddling)
    assert early.times.max() < late.times.min()
    if straddling == "cut":
        assert len(early.codes) + len(late.codes) == ROWS
        assert min(early.lengths().min(), late.lengths().min()) > 0
    else:
        assert {*map(tuple, early), *map(tuple, late)} <= set(map(tuple, found))
        assert 0 < len(found) - len(early) - len(late) <= 12  # at most one of each user
    if at is None and straddling == "cut":
        assert len(late.codes) == pytest.approx(0.25 * ROWS, abs=10)
    else:
        assert at is None or late.times.min() >= at


@pytest.mark.parametrize(
    "at", ["2026-03-01T01:00:00", datetime.datetime(2026, 3, 1, 1), np.datetime64("2026-03-01T01")]
)
def test_split_at_a_time(at):
    timed = read_sessions(TABLE | {"time": as_times(TABLE["time"])})
    expected = read_sessions(TABLE).split(3600, straddling="cut")
    for part, other in zip(timed.split(at, straddling="cut"), expected, strict=True):
        assert part.tolist() == other.tolist()


def test_split_refuses():
    found = read_sessions(TABLE)
    with pytest.raises(ValueError, match="at must be of the kind of the times, which are numbers, got"):
        found.split(datetime.datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="which are times, got 5"):
        read_sessions(TABLE | {"time": as_times(TABLE["time"])}).split(5)
    with pytest.raises(ValueError, match="share must be between 0 and 1"):
        found.split(share=1)
    with pytest.raises(ValueError, match="straddling must be"):
        found.split(straddling="keep")
    with pytest.raises(ValueError, match="sessions without times cannot be split"):
        read_sessions(TABLE, time=None).split()


def test_as_a_corpus():
    """A model of the sessions themselves is that of their lists."""
    found = read_sessions(TABLE)
    models = [Word2Vec(corpus, vector_size=8, min_count=1, workers=1) for corpus in (found, found.tolist())]
    assert models[0].wv.index_to_key == models[1].wv.index_to_key
    np.testing.assert_array_equal(models[0].wv.vectors, models[1].wv.vectors)
