"""The trainer of the page of `visual.watch`, in JavaScript: number by number what the reference backend computes."""

import json

import numpy as np
import pytest
from problems import Problem, batch_of

from w2vcore import Word2Vec
from w2vcore.backends.base import Job
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.kernels.reference_random import random_key, random_words
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.negative_sampling import alias_table
from w2vcore.objectives.reference_paths import huffman_paths
from w2vcore.visual.pages import TEMPLATES

pytest.importorskip("selenium", reason="selenium is not installed")

SCRIPTS = ("randomness.js", "noise.js", "codetree.js", "trainer.js")
KINDS = [(cbow, tree) for cbow in (False, True) for tree in (False, True)]
EXAMPLES = 100
SIZE, WINDOW, NEGATIVE, SEED, ALPHA, EPOCHS = 12, 4, 5, 3, 0.05, 3

START = """
window.trainer = new Trainer(encodedText(arguments[0]), arguments[1]);
return [trainer.text, Array.from(trainer.inputs.numbers), trainer.total];
"""
TRAIN = """
let loss = 0;
for (let i = 0; i < arguments[0]; i += 1) loss += trainer.next();
return [Array.from(trainer.inputs.numbers), Array.from(trainer.outputs.numbers), loss];
"""


@pytest.fixture(scope="module")
def lines():
    """A text with frequent words and rare ones, a word alone on its line, and words that stand twice in a window."""
    rng = np.random.default_rng(4)
    lengths = (9, 1, 14, 2, 30, 7)
    return [[f"w{word}" for word in np.minimum(rng.geometric(0.12, length), 25)] for length in lengths]


@pytest.fixture
def script(browser, tmp_path):
    """A function that runs JavaScript where the trainer is known."""
    page = tmp_path / "trainer.html"
    program = "\n".join((TEMPLATES / name).read_text(encoding="utf8") for name in SCRIPTS)
    page.write_text(f'<!doctype html><meta charset="utf-8"><script>"use strict";\n{program}</script>', encoding="utf8")
    browser.get(page.as_uri())
    return browser.execute_script


def settings(cbow, tree):
    return {
        "cbow": cbow, "tree": tree, "negative": NEGATIVE, "exponent": 0.75, "window": WINDOW, "size": SIZE,
        "alpha": ALPHA, "minAlpha": 0.001, "epochs": EPOCHS, "seed": SEED,
    }  # fmt: skip


def table(numbers):
    return np.array(numbers, np.float32).reshape(-1, SIZE)


def stop_after(config, problem, examples):
    """The first token before which so many examples lie."""
    weights = Weights(
        {"input": zeros(len(problem.counts), SIZE), config.objectives[0]: zeros(len(problem.counts), SIZE)}, SIZE
    )
    backend = ReferenceBackend()
    backend.open(problem.plan, weights)
    batch = batch_of(problem.sentences)
    for stop in range(1, len(batch.ids) + 1):
        stats = backend.run(0, iter([Job(batch, 0, stop, 0.0, 0, stop, 1)]), lambda job, stats: None)
        if stats.examples >= examples:
            return stop, stats.examples
    raise AssertionError(f"the text has fewer than {examples} examples")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("cbow", "tree"), KINDS)
def test_the_first_examples(script, lines, cbow, tree, dtype):
    """Both matrices and the loss after a hundred examples: with the same draws, the same numbers."""
    text, inputs, _ = script(START, lines * (3 if cbow else 1), settings(cbow, tree))
    name = "tree" if tree else "negative"
    config = TrainingConfig(
        vector_size=SIZE, architecture="cbow" if cbow else "skipgram", objectives=(name,), window=WINDOW,
        negative=NEGATIVE, subsample=False, seed=SEED, compute_loss=True,
    )  # fmt: skip
    problem = Problem(text["sentences"], np.array(text["counts"]), config)
    stop, examples = stop_after(config, problem, EXAMPLES)
    weights = Weights({"input": zeros(len(text["words"]), SIZE), name: zeros(len(text["words"]), SIZE)}, SIZE)
    weights.matrices["input"][:, :SIZE] = table(inputs)
    backend = ReferenceBackend(dtype)
    backend.open(problem.plan, weights)
    stats = backend.run(
        0, iter([Job(batch_of(problem.sentences), 0, stop, ALPHA, 0, stop, 1)]), lambda job, stats: None
    )
    backend.close()
    inputs, outputs, loss = script(TRAIN, examples)
    assert EXAMPLES <= examples == stats.examples < EXAMPLES + 2 * WINDOW
    np.testing.assert_allclose(table(inputs), weights.matrices["input"][:, :SIZE], rtol=0, atol=1e-6)
    np.testing.assert_allclose(table(outputs), weights.matrices[name][:, :SIZE], rtol=0, atol=1e-6)
    assert np.abs(table(outputs)).max() > 0.01  # it has learnt something
    assert loss == pytest.approx(stats.loss, rel=1e-6)


@pytest.mark.parametrize(("cbow", "tree"), KINDS)
def test_a_whole_training(script, lines, cbow, tree):
    """Three epochs, with the rate that falls, end where `Word2Vec` ends."""
    _, inputs, total = script(START, lines, settings(cbow, tree))
    model = Word2Vec(
        vector_size=SIZE, sg=int(not cbow), hs=int(tree), negative=0 if tree else NEGATIVE, window=WINDOW, min_count=1,
        sample=0, alpha=ALPHA, min_alpha=0.001, epochs=EPOCHS, seed=SEED, workers=1, backend="reference", compute_loss=True,
        negative_sharing="pair",
    )  # fmt: skip
    model.build_vocab(lines)
    model.wv.vectors[...] = table(inputs)
    model.train(lines, total_examples=len(lines), epochs=EPOCHS)
    assert total == sum(epoch["examples"] for epoch in model.training_history)
    inputs, outputs, loss = script(TRAIN, total)
    np.testing.assert_allclose(table(inputs), model.wv.vectors, rtol=0, atol=2e-6)
    np.testing.assert_allclose(table(outputs), model.syn1 if tree else model.syn1neg, rtol=0, atol=2e-6)
    assert loss == pytest.approx(sum(epoch["loss_sum"] for epoch in model.training_history), rel=1e-5)


def test_words_and_counts(script, lines):
    model = Word2Vec(min_count=1, vector_size=4)
    model.build_vocab(lines)
    text, inputs, _ = script(START, lines, settings(cbow=False, tree=False))
    assert text["words"] == model.wv.index_to_key
    assert text["counts"] == [model.wv.get_vecattr(word, "count") for word in text["words"]]
    assert np.abs(inputs).max() <= 1 / SIZE
    # the mean of n uniform numbers in [-1, 1) / D lies outside of 5 standard errors once in 1.7 million seeds
    assert abs(np.mean(inputs)) < 5 / SIZE / np.sqrt(3 * len(inputs))


def test_random_numbers(script):
    keys = script("return [[0, 0, 0], [1, 2, 3], [-1, 40, 4294967295]].map((given) => randomKey(...given))")
    expected = [random_key(*given) for given in ((0, 0, 0), (1, 2, 3), (-1, 40, 2**32 - 1))]
    assert [low + (high << 32) for low, high in keys] == expected
    places = [(0, 0), (1, 0), (7, 12345), (2**32 - 1, 2**31)]
    for key, words in zip(keys, expected, strict=True):
        found = script(
            "return arguments[1].map((at) => [...drawBlock(arguments[0], ...at, new Uint32Array(4))])", key, places
        )
        assert found == random_words(words, *np.array(places).T).tolist()


@pytest.mark.parametrize("counts", [[1], [5, 2, 1], [9, 9, 9, 4, 4, 1, 1, 1], list(range(200, 100, -1))], ids=len)
def test_tables(script, counts):
    """The slots of the noise distribution and the paths down the tree."""
    found = script("const n = new NoiseWords(arguments[0], 0.75); return [[...n.threshold], [...n.alias]]", counts)
    threshold, alias = alias_table(np.array(counts), 0.75)
    # rounding may leave a slot whole, or split it at the top, and lets its threshold differ in the last digits
    np.testing.assert_allclose(found[0], threshold.astype(float), atol=8)
    assert found[1] == alias.tolist()
    paths = json.loads(script("return JSON.stringify(new CodeTree(arguments[0]).paths)", counts))
    assert [(path["nodes"], path["turns"]) for path in paths] == [tuple(path) for path in huffman_paths(counts)]


def test_what_is_explained(script, lines):
    """The scores before and after an example are those of the matrices, and its pulls make up the update."""
    script(START, lines, settings(cbow=True, tree=False))
    script(TRAIN, 40)
    before = [table(numbers) for numbers in script(TRAIN, 0)[:2]]
    # plain lists and dicts, as typed arrays do not cross the border to Python
    told = json.loads(script("""return JSON.stringify(trainer.explain(), (_, value) =>
        ArrayBuffer.isView(value) ? [...value] : value instanceof Map ? [...value] : value)"""))  # fmt: skip
    after = [table(numbers) for numbers in script(TRAIN, 0)[:2]]
    hidden = before[0][told["inputs"]].mean(axis=0)
    np.testing.assert_allclose(told["hidden"], hidden, atol=1e-7)
    for matrices, chances in ((before, told["chances"]), (after, told["after"])):
        scores = matrices[1][told["rows"]].astype(float) @ matrices[0][told["inputs"]].astype(float).mean(axis=0)
        np.testing.assert_allclose(chances, 1 / (1 + np.exp(-scores)), atol=1e-6)
    assert told["rows"][0] == told["centre"] and told["labels"][0] == 1
    assert told["after"][0] > told["chances"][0]
    pulls = np.array(told["pulls"])
    assert pulls[0] > 0 and (pulls[1:] < 0).all()
    np.testing.assert_allclose(after[1][told["rows"]] - before[1][told["rows"]], np.outer(pulls, hidden), atol=1e-7)
    np.testing.assert_allclose(told["error"], pulls @ before[1][told["rows"]], atol=1e-7)
