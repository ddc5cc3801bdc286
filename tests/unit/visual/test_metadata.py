"""Metadata: every kind of table says the same, and what is wrong is named."""

import json
import math

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.visual import explore
from w2vcore.visual.metadata import column, metadata_of, shown_names

KEYS = [2872, 15, 7]
BY_KEY = {
    15: {"title": "Cap", "kind": "clothes", "price": 12.5},
    2872: {"title": "Blue mug", "kind": "kitchen", "price": 9},
    99: {"title": "Not shown", "kind": "other"},
}
TSV = "item\tkind\ttitle\tprice\n15\tclothes\tCap\t12.5\n2872\tkitchen\tBlue mug\t9\n99\tother\tNot shown\t\n"


def as_dict(_):
    return BY_KEY


def as_tsv(folder):
    (folder / "items.tsv").write_text(TSV)
    return folder / "items.tsv"


def as_csv(folder):
    (folder / "items.csv").write_text("\ufeff" + TSV.replace("Blue mug", '"Blue mug"').replace("\t", ","))
    return str(folder / "items.csv")


def as_frame_by_index(_):
    return pytest.importorskip("pandas").DataFrame.from_dict(BY_KEY, orient="index")


def as_frame_by_column(_):
    return as_frame_by_index(_).reset_index(names="id")


@pytest.mark.parametrize("made", [as_dict, as_tsv, as_csv, as_frame_by_index, as_frame_by_column])
def test_every_kind_of_table(made, tmp_path):
    found = metadata_of(made(tmp_path), KEYS)
    assert found.titles == ["Blue mug", "Cap", ""]
    assert [each.name for each in found.columns] == ["kind", "price"]
    assert found.column("kind").texts == ["kitchen", "clothes", ""]
    np.testing.assert_array_equal(found.column("price").numbers, [9, 12.5, math.nan])


def test_a_dict_of_titles():
    found = metadata_of({"15": "Cap", "7": None}, KEYS)
    assert (found.titles, found.columns) == (["", "Cap", ""], [])
    assert metadata_of(None, KEYS).titles is None


def test_titles_that_occur_twice_are_told_apart():
    assert shown_names(["1", "2", "3"], ["Mug", "Mug\n", "Cup"]) == ["Mug", r"Mug\n", "Cup"]
    assert shown_names(["1", "2", "3"], ["Mug", "Mug", ""]) == ["Mug (1)", "Mug (2)", "3"]


def test_categories():
    labels, names = column("x", ["b", "a", "b", "", math.nan]).categories()
    assert (labels.tolist(), names) == ([0, 1, 0, 255, 255], ["b", "a"])
    often = [f"c{row % 30}" for row in range(300)] + [f"rare{row}" for row in range(100)]
    labels, names = column("x", often).categories()
    assert len(names) == 40 and names[-1] == "other" and labels.max() == 39
    assert np.bincount(labels)[39] == 91
    assert column("x", map(str, range(500))).categories() is None


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match=r"none of the keys of wv that are shown, 2872, .*: its keys are 'a'"):
        metadata_of({"a": "b"}, KEYS)
    with pytest.raises(TypeError, match=r"metadata must be a dict by key, a DataFrame or the path .* got list"):
        metadata_of([1, 2], KEYS)
    (tmp_path / "x.tsv").write_text("only words\n")
    with pytest.raises(ValueError, match="must begin with a line of two names or more, between tabs"):
        metadata_of(tmp_path / "x.tsv", KEYS)
    with pytest.raises(FileNotFoundError):
        metadata_of(tmp_path / "none.tsv", KEYS)
    with pytest.raises(ValueError, match="metadata has no column 'size'; it has 'kind', 'price'"):
        metadata_of(BY_KEY, KEYS).column("size")


def items():
    wv = KeyedVectors(4)
    wv.add_vectors(KEYS, np.random.default_rng(1).normal(size=(3, 4)), extras={"count": [3, 2, 1]})
    return wv


def test_a_page_and_the_projector_show_it(tmp_path):
    page = explore(items(), metadata=BY_KEY)
    data = json.loads(page.html.partition('id="data">')[2].partition("</script>")[0])
    assert (data["nouns"], data["words"], data["keys"]) == (
        ["item", "items"],
        ["Blue mug", "Cap", "7"],
        ["2872", "15", "7"],
    )
    assert [each["name"] for each in data["columns"]] == ["kind", "price"]
    folder = items().export_projector(tmp_path, metadata=BY_KEY)
    assert (folder / "metadata.tsv").read_text() == (
        "word\tcount\ttitle\tkind\tprice\n2872\t3\tBlue mug\tkitchen\t9\n15\t2\tCap\tclothes\t12.5\n7\t1\t\t\t\n"
    )


def test_what_the_vectors_are_of():
    def nouns(**settings):
        page = explore(items(), **settings)
        return json.loads(page.html.partition('id="data">')[2].partition("</script>")[0])["nouns"]

    assert nouns() == ["item", "items"]
    assert nouns(noun="city") == ["city", "cities"]
    assert nouns(noun="toy") == ["toy", "toys"]
