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
from w2vcore.visual import explore, pages, watch

pytest.importorskip("plotly", reason="plotly is not installed: pip install .[viz]")

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


def test_a_page_runs_its_two_scripts_and_no_others(explored):
    parts = read(explored[1])
    assert len(parts.scripts) == 2
    allowed = set(re.findall(r"'sha256-([^']+)'", parts.policy))
    assert allowed == {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in parts.scripts}
    assert "default-src 'none'" in parts.policy
    assert "'unsafe-inline'" not in parts.policy.partition("script-src")[2].partition(";")[0]
    assert parts.links == []


def test_the_library_keeps_its_licence(explored):
    library = read(explored[1]).scripts[0]
    assert "plotly.js v" in library[:300]
    assert "Licensed under the MIT license" in library[:300]


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
    assert not path.exists()


@pytest.mark.parametrize("draw", ["explore", "watch"])
def test_plotly_missing(monkeypatch, tmp_path, draw):
    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("w2vcore.visual.extras.import_module", absent)
    corpus = [["a", "b"]] * 5
    with pytest.raises(ImportError, match=rf"{draw} needs the package plotly.*pip install w2vcore\[viz\]"):
        if draw == "watch":
            watch(corpus, tmp_path / "x.html")
        else:
            explore(Word2Vec(corpus, min_count=1, vector_size=4).wv, tmp_path / "x.html")


def test_what_is_in_a_replay(tmp_path):
    path = tmp_path / "x.html"
    model = watch([["a", "b", "<c>"], ["b", "a"]] * 10, path, epochs=2, snapshots=4, vector_size=4)
    data = json.loads(read(path).data)
    assert data["words"] == model.wv.index_to_key
    assert [step["epoch"] for step in data["steps"]] == [0, 0.5, 1, 1.5, 2]
    assert data["inputs"]["numbers"]["shape"] == data["outputs"]["numbers"]["shape"] == [5, 3, 4]
    for name, trained in (("inputs", model.wv.vectors), ("outputs", model.syn1neg)):
        part = data[name]
        numbers = np.frombuffer(base64.b64decode(part["numbers"]["base64"]), "<i2").reshape(5, 3, 4)
        scales = np.frombuffer(base64.b64decode(part["scales"]["base64"]), "<f4")
        np.testing.assert_allclose(numbers[-1] * scales[-1], trained, atol=scales[-1])
