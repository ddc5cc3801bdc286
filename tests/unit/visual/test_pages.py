"""Pages as files: what is in them, what words cannot do to them, and how near quantised vectors are."""

import base64
import hashlib
import html.parser
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.query.similarity import unit
from w2vcore.visual import explore, maps, pages, watch

TRAPS = ["</script><script>alert(1)</script>", "<!--", "<img src=x onerror=alert(1)>", "\u2028", "\ud800", "a\tb"]


class Parts(html.parser.HTMLParser):
    """The scripts of a page, its data, and its policy."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.data, self.policy, self.here, self.links = [], "", "", None, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.here = (tag, known.get("type")) if tag == "script" else None
        if self.here == ("script", None):
            self.scripts.append("")
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"]
        self.links += [known[name] for name in ("src", "href") if name in known]

    def handle_data(self, text):
        if self.here == ("script", None):
            self.scripts[-1] += text
        elif self.here == ("script", "application/json"):
            self.data += text

    def handle_endtag(self, tag):
        self.here = None


def read(path):
    return Parts(path.read_text(encoding="utf8"))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.integers(1, 40), st.integers(1, 300))
def test_cosines_of_quantised_vectors(seed, count, dimensions):
    table = np.random.default_rng(seed).standard_t(4, size=(count, dimensions))
    numbers, scales = pages.quantised(table)
    assert numbers.dtype == np.int8
    back = numbers * scales[:, None].astype(np.float64)
    exact = unit(table)
    assert (np.abs(back - exact) <= scales[:, None] / 2 + 1e-6).all()
    # each of D components is off by half a step of 1/127 of the largest at most: |error of a cosine| <= 2 sqrt(D) steps / 2
    bound = 2 * np.sqrt(dimensions) * scales.max() / 2 + 1e-6
    assert np.abs(unit(back) @ exact.T - exact @ exact.T).max() <= bound


def test_a_usual_cosine_is_right_to_two_digits():
    table = np.random.default_rng(1).normal(size=(300, 100))
    numbers, scales = pages.quantised(table)
    back, exact = unit(numbers * scales[:, None].astype(np.float64)), unit(table)
    assert np.abs(back @ back.T - exact @ exact.T).max() < 0.005


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_json_in_a_page_holds_no_markup(words):
    text = pages._json({"words": words})
    assert text.isascii()
    assert not set("<>") & set(text)
    assert json.loads(text) == {"words": words}


def test_packed_arrays():
    table = np.arange(6, dtype=">f4").reshape(2, 3)
    part = pages.packed(table)
    assert (part["shape"], part["type"]) == ([2, 3], "float32")
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(part["base64"]), "<f4").reshape(2, 3), table)


@pytest.fixture
def explored(tmp_path):
    wv = KeyedVectors(4)
    wv.add_vectors([*TRAPS, 5], np.random.default_rng(1).normal(size=(7, 4)), extras={"count": range(7, 0, -1)})
    return wv, explore(wv, tmp_path / "words.html", title="<Words & more>")


def test_what_is_in_an_explorer(explored):
    wv, path = explored
    parts = read(path)
    data = json.loads(parts.data)
    assert data["words"] == [*TRAPS[:3], r"\u2028", r"\ud800", r"a\tb", "5"]
    assert data["counts"] == [7, 6, 5, 4, 3, 2, 1]
    numbers = np.frombuffer(base64.b64decode(data["vectors"]["base64"]), np.int8).reshape(7, 4)
    scales = np.frombuffer(base64.b64decode(data["scales"]["base64"]), "<f4")
    np.testing.assert_allclose(numbers * scales[:, None], unit(wv.vectors), atol=0.005)
    assert "&lt;Words &amp; more&gt;" in path.read_text(encoding="utf8")


@pytest.fixture(params=["explore", "watch"])
def page(request, tmp_path):
    if request.param == "explore":
        return request.getfixturevalue("explored")[1]
    watch([["a", "b"]] * 9, tmp_path / "w.html", epochs=1, snapshots=1, vector_size=4)
    return tmp_path / "w.html"


def test_a_page_runs_its_own_scripts_and_no_others(page):
    parts = read(page)
    assert len(parts.scripts) == 1
    assert "'unsafe-eval'" not in parts.policy
    allowed = set(re.findall(r"'sha256-([^']+)'", parts.policy))
    assert allowed == {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in parts.scripts}
    assert "default-src 'none'" in parts.policy
    assert "'unsafe-inline'" not in parts.policy.partition("script-src")[2].partition(";")[0]
    assert parts.links == []


def test_topn_and_words(tmp_path):
    wv = Word2Vec([["b", "a", "a"], ["c", "a", "b"]] * 5, min_count=1, vector_size=4).wv
    assert json.loads(read(explore(wv, tmp_path / "x.html", topn=2)).data)["words"] == ["a", "b"]
    assert json.loads(read(explore(wv, tmp_path / "x.html", words=["c", "a"])).data)["words"] == ["c", "a"]


def test_refusals(tmp_path):
    model = Word2Vec([["a", "b"]] * 5, min_count=1, vector_size=4)
    path = tmp_path / "x.html"
    with pytest.raises(TypeError, match=r"wv must be KeyedVectors, got Word2Vec: pass model.wv"):
        explore(model, path)
    with pytest.raises(ValueError, match="method must be one of"):
        explore(model.wv, path, method="lda")
    with pytest.raises(KeyError, match="Key 'z' not present"):
        explore(model.wv, path, words=["a", "z"])
    with pytest.raises(ValueError, match="needs at least 2 words, got 1"):
        explore(model.wv, path, topn=1)
    with pytest.raises(ValueError, match=r"clusters must be an int from 0 to 255, got 256 \(0 for none\)"):
        explore(model.wv, path, clusters=256)
    assert not path.exists()


def test_the_places_of_a_map(tmp_path):
    rng = np.random.default_rng(1)
    wv = KeyedVectors(6)
    wv.add_vectors([f"w{row}" for row in range(60)], rng.normal(size=(60, 6)))
    data = json.loads(read(explore(wv, tmp_path / "x.html", method="pca")).data)
    assert [layout["name"] for layout in data["layouts"]] == ["PCA", "3-D"]
    flat, space = (
        np.frombuffer(base64.b64decode(layout["points"]["base64"]), "<i2").reshape(60, -1) / 32767
        for layout in data["layouts"]
    )
    exact = maps.project(wv.vectors, 3)
    for points, true in ((flat, exact[:, :2]), (space, exact)):
        assert np.linalg.norm(points, axis=1).max() == pytest.approx(1, abs=1e-4)
        scale = np.ptp(true[:, 0]) / np.ptp(points[:, 0])
        np.testing.assert_allclose(points * scale, true - (true.max(0) + true.min(0)) / 2, atol=scale / 32767)
    labels = np.frombuffer(base64.b64decode(data["clusters"]["labels"]["base64"]), np.uint8)
    assert len(labels) == 60 and labels.max() == len(data["clusters"]["names"]) - 1
    assert json.loads(read(explore(wv, tmp_path / "x.html", clusters=0)).data)["clusters"]["names"] == []


def test_the_page_says_which_map_it_has(tmp_path, monkeypatch):
    wv = KeyedVectors(6)
    wv.add_vectors([f"w{row}" for row in range(60)], np.random.default_rng(1).normal(size=(60, 6)))
    monkeypatch.setattr("w2vcore.visual.tsne.is_fast", lambda: False)
    monkeypatch.setattr("w2vcore.visual.maps.find_spec", lambda name: None)
    (flat, _) = json.loads(read(explore(wv, tmp_path / "x.html")).data)["layouts"]
    assert flat["name"] == "PCA" and "openTSNE is not installed: pip install w2vcore[viz]" in flat["note"]


def test_t_sne_is_the_default(tmp_path):
    pytest.importorskip("openTSNE", reason="openTSNE is not installed: pip install .[viz]")
    wv = KeyedVectors(6)
    wv.add_vectors([f"w{row}" for row in range(60)], np.random.default_rng(1).normal(size=(60, 6)))
    first = explore(wv, tmp_path / "x.html").read_bytes()
    names = [layout["name"] for layout in json.loads(read(tmp_path / "x.html").data)["layouts"]]
    assert names == ["t-SNE", "PCA", "3-D"]
    assert explore(wv, tmp_path / "x.html").read_bytes() == first


def test_what_is_in_a_replay(tmp_path):
    path = tmp_path / "x.html"
    page = watch([["sun", "moon", "<c>"], ["moon", "sun"]] * 10, path, epochs=2, snapshots=4, vector_size=4)
    model, data = page.model, json.loads(read(path).data)
    assert data["words"] == model.wv.index_to_key
    assert [step["epoch"] for step in data["steps"]] == [0, 0.5, 1, 1.5, 2]
    assert data["inputs"]["numbers"]["shape"] == data["outputs"]["numbers"]["shape"] == [5, 3, 4]
    for name, trained in (("inputs", model.wv.vectors), ("outputs", model.syn1neg)):
        part = data[name]
        numbers = np.frombuffer(base64.b64decode(part["numbers"]["base64"]), "<i2").reshape(5, 3, 4)
        scales = np.frombuffer(base64.b64decode(part["scales"]["base64"]), "<f4")
        np.testing.assert_allclose(numbers[-1] * scales[-1], trained, atol=scales[-1])
    assert data["lesson"]["lines"] == [["sun", "moon", "<c>"], ["moon", "sun"]] * 10
    assert data["lesson"]["settings"] == {
        "cbow": False, "tree": False, "negative": 5, "exponent": 0.75, "window": 5, "size": 4, "alpha": 0.05,
        "minAlpha": 0.0001, "epochs": 2, "seed": 1,
    }  # fmt: skip


def test_a_replay_is_a_page(tmp_path):
    page = watch(
        [["a", "b", "c"]] * 10, epochs=1, snapshots=1, vector_size=80, window="sentence", sg=0, hs=1, negative=0
    )
    assert page.path is None and len(page.model.wv) == 3
    assert page._repr_html_().startswith("<iframe srcdoc=")
    lesson = json.loads(read(page.save(tmp_path / "x.html")).data)["lesson"]["settings"]
    assert (lesson["cbow"], lesson["tree"]) == (True, True)
    assert (lesson["size"], lesson["window"], lesson["negative"]) == (64, 20, 5)  # what the page can show
    with pytest.raises(OSError, match="there is no folder"):
        watch([["a", "b", "c"]], tmp_path / "no" / "x.html")
