"""The page of `visual.watch`, opened from disk and used as a reader would."""

import numpy as np
import pytest

from w2vcore.visual import watch

pytest.importorskip("selenium", reason="selenium is not installed")

from pages import By, Keys, boxes, open_page, overlapping, press, text, wait

TOPICS = (["cat", "dog", "horse", "cow", "<b>ox</b>"], ["car", "bus", "train", "tram", "</script>"])
STEPS = 8


@pytest.fixture(scope="module")
def sentences():
    rng = np.random.default_rng(1)
    return [list(rng.choice(TOPICS[number % 2], 6)) for number in range(300)]


@pytest.fixture(scope="module")
def film(sentences, tmp_path_factory):
    """The trained model and the address of its page."""
    path = tmp_path_factory.mktemp("watch") / "training.html"
    model = watch(sentences, path, snapshots=STEPS, epochs=4, vector_size=10, title="Two topics")
    return model, path.as_uri()


@pytest.fixture
def opened(browser, film):
    return open_page(browser, film[1])


def show(browser, step):
    browser.execute_async_script("go(arguments[0]).then(arguments[1])", step)


def test_the_end_is_what_was_trained(opened, film, console):
    model, _ = film
    assert opened.title == "Two topics"
    assert opened.execute_script("return [last, step]") == [STEPS, STEPS]
    assert text(opened, "where").startswith("epoch 4.00 of 4, 7,200 words")
    shown = np.array(opened.execute_script("return inputs.matrix(last).map((row) => [...row])"))
    np.testing.assert_allclose(shown, model.wv.vectors, atol=1e-4)
    shown = np.array(opened.execute_script("return matrices[1][1].matrix(last).map((row) => [...row])"))
    np.testing.assert_allclose(shown, model.syn1neg, atol=1e-4)
    assert console() == []


def test_the_slider(opened, console):
    slider = opened.find_element(By.ID, "step")
    slider.send_keys(Keys.HOME)
    wait(opened, "return step === 0")
    assert text(opened, "where").startswith("epoch 0.00 of 4, 0 words")
    early = opened.execute_script("return byId('map').data[1].x")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    wait(opened, "return step === 2")
    assert opened.execute_script("return byId('map').data[1].x") != early
    assert opened.execute_script("return byId('loss').layout.shapes[0].x0") == 1
    assert console() == []


def test_play_and_pause(opened):
    show(opened, 0)
    play = opened.find_element(By.ID, "play")
    play.click()
    assert play.text == "Pause"
    wait(opened, "return step >= 2")
    play.click()
    assert play.text == "Play"
    opened.find_element(By.TAG_NAME, "body").send_keys(Keys.END)
    wait(opened, "return step === last")
    opened.execute_script("document.activeElement.blur()")
    press(opened, Keys.SPACE)  # from the beginning, to the end
    wait(opened, "return step < last")
    wait(opened, "return step === last && byId('play').textContent === 'Play'")


def test_following_a_word(opened, film, console, screenshot):
    model, _ = film
    press(opened, Keys.ARROW_DOWN)
    wait(opened, "return chosen === 0")
    first = model.wv.index_to_key[0]
    nearest = [word for word, _ in model.wv.most_similar(first, topn=2)]
    assert all(word in text(opened, "near") for word in nearest)
    assert opened.execute_script("return byId('map').data[0].x.length") == STEPS + 1
    assert opened.execute_script("return byId('weights').layout.shapes.length") == 1
    screenshot("watch-word")
    press(opened, Keys.ESCAPE)
    wait(opened, "return chosen === -1 && byId('map').data[0].x.length === 0")
    assert console() == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_widths_and_colours(browser, film, viewport, colours, console, screenshot, width, scheme):
    viewport(width, 844)
    colours(scheme)
    open_page(browser, film[1])
    assert browser.execute_script("return document.documentElement.dataset.theme") == scheme
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    labels = boxes(browser, "#map .annotation")
    assert len(labels) >= 4
    assert overlapping(labels) == []
    assert browser.find_element(By.ID, "step").is_displayed()
    screenshot(f"watch-{width}-{scheme}")
    assert console() == []


def test_a_tree_has_no_output_vectors(browser, sentences, tmp_path, console):
    path = tmp_path / "tree.html"
    watch(sentences, path, snapshots=2, epochs=1, hs=1, negative=0, sg=0)
    open_page(browser, path.as_uri())
    assert browser.execute_script("return matrices.length") == 1
    assert "CBOW, hierarchical softmax, window 5" in text(browser, "about")
    show(browser, 0)
    assert console() == []
