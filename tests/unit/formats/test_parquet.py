"""Parquet and Arrow: what is written comes back, tables of other programs are read, and what cannot be told is said."""

import builtins

import numpy as np
import pytest
from click.testing import CliRunner

from w2vcore.cli import main
from w2vcore.formats import parquet
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors

KEYS = ["the", "naïve", "東京", "new york", ""]
VECTORS = np.random.default_rng(1).standard_normal((5, 7)).astype(np.float32)
ENDINGS = [".parquet", ".arrow", ".feather", ".parquet.gz"]


@pytest.fixture
def arrow():
    return pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install w2vcore[parquet]")


def save(arrow, columns, path):
    from pyarrow import feather
    from pyarrow import parquet as files

    table = arrow.table(columns)
    if path.suffix == ".parquet":
        files.write_table(table, path)
    else:
        feather.write_feather(table, path, compression="zstd")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("keys", [KEYS, [7, -1, 2**62, 0, 5]])
@pytest.mark.parametrize("datatype", [np.float16, np.float32, np.float64])
def test_comes_back_bit_for_bit(arrow, ending, keys, datatype, tmp_path):
    vectors = VECTORS.astype(datatype)
    vectors[0, :3] = np.nan, np.inf, -0.0
    snapshot = Snapshot("keyedvectors", keys, {"vectors": vectors, "counts": np.arange(5)})
    parquet.write(snapshot, tmp_path / f"v{ending}")
    kv = KeyedVectors.load_any(tmp_path / f"v{ending}", datatype=datatype)
    assert kv.index_to_key == keys
    assert kv.vectors.tobytes() == vectors.tobytes()
    assert kv.expandos["count"].tolist() == [0, 1, 2, 3, 4]
    assert KeyedVectors.load_any(tmp_path / f"v{ending}", limit=2).index_to_key == keys[:2]


def test_in_blocks(arrow, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_BLOCK_NUMBERS", 14)
    for ending in ENDINGS:
        parquet.write(Snapshot("keyedvectors", KEYS, {"vectors": VECTORS}), tmp_path / f"v{ending}")
        assert KeyedVectors.load_any(tmp_path / f"v{ending}").vectors.tobytes() == VECTORS.tobytes()
    parquet.write(Snapshot("keyedvectors", [], {"vectors": VECTORS[:0]}), tmp_path / "v.parquet")
    assert KeyedVectors.load_any(tmp_path / "v.parquet").vectors.shape == (0, 7)


def test_convert_to_and_from(arrow, tmp_path):
    kv = KeyedVectors(7)
    kv.add_vectors(KEYS, VECTORS)
    kv.save(tmp_path / "v.kv")
    for source, target in (("v.kv", "v.parquet"), ("v.parquet", "v.arrow"), ("v.arrow", "w.kv")):
        found = CliRunner().invoke(main, ["convert", str(tmp_path / source), str(tmp_path / target)])
        assert found.exit_code == 0, found.output
    assert (tmp_path / "v.arrow").read_bytes().startswith(b"ARROW1")
    assert KeyedVectors.load(tmp_path / "w.kv").vectors.tobytes() == VECTORS.tobytes()
    found = CliRunner().invoke(main, ["info", str(tmp_path / "v.parquet")])
    assert "table in a Parquet or Arrow file" in found.output


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_tables_of_others(arrow, ending, tmp_path):
    lists, path = VECTORS.tolist(), tmp_path / f"v{ending}"
    fixed = arrow.FixedSizeListArray.from_arrays(arrow.array(VECTORS.ravel()), 7)
    wide = {f"x{column}": VECTORS[:, column] for column in range(7)}
    for columns in (
        {"word": KEYS, "embedding": arrow.array(lists, arrow.list_(arrow.float32()))},
        {"n": [1, 2, 3, 4, 5], "anything": KEYS, "numbers": lists},
        {"id": KEYS, "v": fixed, "score": [0.5] * 5},
        {"text": arrow.array(KEYS).dictionary_encode(), "v": arrow.array(lists, arrow.large_list(arrow.float64()))},
        {"url": ["x"] * 5, "word": KEYS, "vector": fixed, "neighbours": [["a"]] * 5},
        {"__index_level_0__": KEYS, **wide},
        {"key": arrow.array(KEYS, arrow.large_string()), **wide},
    ):
        save(arrow, columns, path)
        kv = KeyedVectors.load_any(path)
        assert kv.index_to_key == KEYS
        assert kv.vectors.tobytes() == VECTORS.tobytes()


def test_of_pandas(arrow, tmp_path):
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame(VECTORS, index=KEYS, columns=[f"d{n}" for n in range(7)]).to_parquet(tmp_path / "v.parquet")
    assert KeyedVectors.load_any(tmp_path / "v.parquet").vectors.tobytes() == VECTORS.tobytes()
    parquet.write(Snapshot("keyedvectors", KEYS, {"vectors": VECTORS}), tmp_path / "v.parquet")
    table = pandas.read_parquet(tmp_path / "v.parquet")
    assert table["key"].tolist() == KEYS
    assert np.stack(table["vector"]).tobytes() == VECTORS.tobytes()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": ["x"], "b": ["y"], "v": [[1.0]]},
            r"expected a column of keys .*; there is a \(string\), b \(string\), v \(list",
        ),
        ({"a": ["x"]}, r"expected a column of keys .* and one of lists of numbers .*; there is a \(string\)"),
        ({"key": ["x", "y"], "v": [[1.0, 2.0], [1.0]]}, r"row 2 has a vector of 1 numbers instead of 2"),
        ({"key": ["x", None], "v": [[1.0], [1.0]]}, r"the column 'key' has 1 empty values; drop them first"),
        ({"key": ["x", "y"], "v": [[1.0], None]}, r"the column 'v' has 1 empty values; drop them first"),
        ({"key": ["x", "y"], "v": [[1.0], [None]]}, r"1 numbers of the vectors are empty"),
        ({"key": ["x"], "v": [["y"]]}, r"the vectors must be a matrix of numbers"),
    ],
)
def test_what_cannot_be_told_is_said(arrow, columns, message, tmp_path):
    save(arrow, columns, tmp_path / "v.parquet")
    with pytest.raises(ValueError, match=rf"v.parquet.*{message}"):
        KeyedVectors.load_any(tmp_path / "v.parquet")


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_every_cut_is_noticed(arrow, ending, tmp_path):
    parquet.write(Snapshot("keyedvectors", KEYS, {"vectors": VECTORS}), tmp_path / f"v{ending}")
    data = (tmp_path / f"v{ending}").read_bytes()
    for length in range(8, len(data), 7):
        (tmp_path / "cut").write_bytes(data[:length])
        with pytest.raises(ValueError, match=r"cut.*: the file is damaged"):
            KeyedVectors.load_any(tmp_path / "cut")


def test_keys_of_several_types(arrow, tmp_path):
    with pytest.raises(TypeError, match="all str or all int"):
        parquet.write(Snapshot("keyedvectors", ["a", 1], {"vectors": VECTORS[:2]}), tmp_path / "v.parquet")


@pytest.mark.parametrize("data", [b"PAR1" + bytes(20), b"ARROW1\0\0" + bytes(20)])
def test_without_pyarrow_one_sentence_says_what_to_install(data, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *args):
        if name.split(".")[0] == "pyarrow":
            raise ImportError("No module named 'pyarrow'")
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    (tmp_path / "v").write_bytes(data)
    with pytest.raises(ImportError, match=r"need pyarrow: pip install w2vcore\[parquet\]"):
        KeyedVectors.load_any(tmp_path / "v")
    found = CliRunner().invoke(main, ["info", str(tmp_path / "v")])
    assert found.exit_code == 1
    assert "pip install w2vcore[parquet]" in found.output
