"""TensorBoard started on a log folder: what its HTTP interface says, and the pages it shows."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from urllib.parse import urlencode

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import EvaluateCallback, TensorBoard

pytest.importorskip("tensorboardX", reason="tensorboardX is not installed: pip install .[test]")
pytest.importorskip("tensorboard", reason="tensorboard is not installed; .ci/run installs it")

pytestmark = pytest.mark.slow  # a server and a browser

AWKWARD = {"": "(empty)", "New\tYork": r"New\tYork", "two\nlines": r"two\nlines", " ": r"\x20", '"quoted"': '"quoted"'}
SECONDS = 60  # that TensorBoard and its pages are given


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model with awkward words, and the folder that its callback has written."""
    folder = tmp_path_factory.mktemp("logs") / "run 1"
    pairs = folder.parent / "pairs.tsv"
    pairs.write_text("w1\tw2\t9\nw1\tw30\t2\nw5\tw6\t8\n")
    words = [*AWKWARD, *(f"w{number}" for number in range(100))]
    rng = np.random.default_rng(4)
    data = [[words[(first + step) % len(words)] for step in range(8)] for first in rng.integers(0, len(words), 600)]
    model = Word2Vec(
        data, vector_size=20, min_count=1, epochs=5, compute_loss=True,
        callbacks=[EvaluateCallback(pairs=pairs, every=2), TensorBoard(folder)],
    )  # fmt: skip
    return model, folder


@pytest.fixture(scope="module")
def address(model):
    """TensorBoard on the folder, on a port that it has chosen."""
    command = [
        sys.executable,
        "-m",
        "tensorboard.main",
        "--logdir",
        str(model[1]),
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [*command, "--load_fast=false"], cwd=model[1].parent, env=environment, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    said, started = [], threading.Event()

    def listen():
        for line in process.stderr:
            said.append(line)
            if "http://" in line:
                started.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        assert started.wait(SECONDS), "".join(said)
        yield re.search(r"http://[\w.:]+", said[-1])[0]
    finally:
        process.terminate()
        process.wait(timeout=30)


def get(address, path, **arguments):
    with urllib.request.urlopen(f"{address}/data/plugin/{path}?{urlencode(arguments)}", timeout=SECONDS) as answer:
        return answer.read()


def wait_for(condition):
    """Poll until a condition gives something, which is returned: TensorBoard loads folders in the background."""
    until = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.2)
    return found


def test_curves_by_the_event_interface(model):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(model[1])).Reload()
    assert set(events.Tags()["scalars"]) == {
        "loss", "accuracy", "words_per_second", "learning_rate", "evaluation/pairs", "evaluation/pairs_oov",
    }  # fmt: skip
    found = [(event.step, event.value) for event in events.Scalars("accuracy")]
    assert found == [(step, pytest.approx(line["accuracy"])) for step, line in enumerate(model[0].training_history, 1)]


def test_curves_over_http(model, address):
    tags = wait_for(lambda: json.loads(get(address, "scalars/tags")))
    assert "loss" in tags["."] and "learning_rate" in tags["."]
    history = model[0].training_history
    points = json.loads(get(address, "scalars/scalars", run=".", tag="loss"))
    assert [point[1:] for point in points] == [
        [step, pytest.approx(line["loss"])] for step, line in enumerate(history, 1)
    ]
    points = json.loads(get(address, "scalars/scalars", run=".", tag="evaluation/pairs"))
    assert [point[1:] for point in points] == [[step, pytest.approx(history[step - 1]["pairs"])] for step in (2, 4)]


def test_vectors_over_http(model, address):
    wv = model[0].wv
    assert json.loads(get(address, "projector/runs")) == ["."]
    (embedding,) = json.loads(get(address, "projector/info", run="."))["embeddings"]
    assert embedding["tensorName"] == "word2vec" and embedding["tensorShape"] == list(wv.vectors.shape)
    sent = np.frombuffer(get(address, "projector/tensor", run=".", name="word2vec"), "<f4").reshape(wv.vectors.shape)
    np.testing.assert_array_equal(sent, wv.vectors)
    lines = get(address, "projector/metadata", run=".", name="word2vec").decode().splitlines()
    shown = [AWKWARD.get(key, key) for key in wv.index_to_key]
    assert lines == ["word\tcount"] + [
        f"{word}\t{wv.get_vecattr(key, 'count')}" for word, key in zip(shown, wv.index_to_key, strict=True)
    ]


# What is inside the page's web components and frames is found by a walk through all of them.
FIND = """
const below = (root, selector, found) => {
    for (const each of root.querySelectorAll('*')) {
        if (each.matches(selector)) found.push(each);
        if (each.shadowRoot) below(each.shadowRoot, selector, found);
        if (each.contentDocument) below(each.contentDocument, selector, found);
    }
    return found;
};
"""
TEXTS = FIND + "return below(document, arguments[0], []).map(each => each.innerText.trim());"
SEARCH = (
    FIND
    + """
const panel = below(document, 'vz-projector-inspector-panel', [])[0];
const input = below(panel.shadowRoot, 'input', [])[0];
input.value = arguments[0];
input.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
"""
)


def texts(browser, selector):
    return browser.execute_script(TEXTS, selector)


def test_the_page_of_curves(address, browser, screenshot):
    wait_for(lambda: json.loads(get(address, "scalars/tags")))
    browser.get(f"{address}/#timeseries")
    wait_for(lambda: [text for text in texts(browser, "scalar-card") if text.startswith("accuracy")])
    wait_for(lambda: texts(browser, "scalar-card line-chart"))
    screenshot("tensorboard-curves")


def test_the_page_of_vectors(model, address, browser, screenshot):
    rows, size = model[0].wv.vectors.shape
    browser.get(f"{address}/#projector")
    wait_for(lambda: f"{rows}x{size}" in texts(browser, "span.item-details"))
    wait_for(lambda: any("Total variance described" in text for text in texts(browser, "div")))  # drawn
    browser.execute_script(SEARCH, "New")
    # the one match is chosen, and its neighbours are listed
    shown = set(AWKWARD.values()) - {r"New\tYork"}
    wait_for(lambda: shown <= set(texts(browser, ".label")))
    assert r"New\tYork" in texts(browser, "vz-projector-metadata-card *, #metadata-card *")
    screenshot("tensorboard-projector")
