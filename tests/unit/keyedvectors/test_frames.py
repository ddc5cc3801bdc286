"""Vectors as DataFrames and Parquet files."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors

pandas = pytest.importorskip("pandas", reason="pandas is not installed: pip install .[test]")


@pytest.fixture
def vectors():
    wv = KeyedVectors(6)
    keys = [f"w{row}" for row in range(30)]
    wv.add_vectors(keys, np.random.default_rng(1).normal(size=(30, 6)), extras={"count": np.arange(30, 0, -1)})
    return wv


def test_a_frame(vectors):
    frame = vectors.to_frame(limit=20, method="pca", metadata={"w3": {"title": "Three", "kind": "odd", "size": 3}})
    assert list(frame.columns) == ["key", "title", "count", "kind", "size", "x", "y", "vector"]
    assert len(frame) == 20 and frame["title"][3] == "Three" and frame["count"][0] == 30
    np.testing.assert_array_equal(np.stack(frame["vector"]), vectors.vectors[:20])
    np.testing.assert_allclose(frame[["x", "y"]].mean(), 0, atol=1e-6)
    assert list(vectors.to_frame().columns) == ["key", "count", "vector"]


def test_what_is_refused(vectors):
    with pytest.raises(ValueError, match="limit must be an int at least 1, got 0"):
        vectors.to_frame(limit=0)
    with pytest.raises(ValueError, match="method must be one of 'auto', 'pca', 'tsne', 'umap', got 'lda'"):
        vectors.to_frame(method="lda")
    with pytest.raises(ValueError, match="row 1 has no key"):
        gaps = KeyedVectors(2, count=3)
        gaps.add_vector("a", [1, 2])
        gaps.to_frame()


def test_a_parquet_file_is_read_again(vectors, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install .[parquet]")
    path = vectors.export_parquet(tmp_path / "words.parquet", method="pca", metadata={"w3": {"kind": "odd"}})
    table = parquet.read_table(path)
    assert table.column_names == ["key", "count", "kind", "x", "y", "vector"]
    assert table.schema.field("vector").type.list_size == 6
    again = KeyedVectors.load_any(path)
    assert again.index_to_key == vectors.index_to_key
    np.testing.assert_array_equal(again.vectors, vectors.vectors)
    assert again.get_vecattr("w0", "count") == 30


@pytest.mark.slow
def test_embedding_atlas_opens_it(vectors, tmp_path):
    """With the program itself, which brings a hundred other packages: where it is installed."""
    program = Path(sys.executable).with_name("embedding-atlas")
    if not program.exists():
        pytest.skip("embedding-atlas is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = vectors.export_parquet(tmp_path / "words.parquet", method="pca", metadata={"w3": {"kind": "odd"}})
    columns = ["--text", "key", "--vector", "vector", "--x", "x", "--y", "y"]
    done = subprocess.run(
        [program, path, *columns, "--export-application", tmp_path / "page"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    shown = parquet.read_table(tmp_path / "page" / "data" / "dataset.parquet")
    assert shown["key"].to_pylist() == vectors.index_to_key
    assert {"count", "kind", "x", "y"} <= set(shown.column_names)
