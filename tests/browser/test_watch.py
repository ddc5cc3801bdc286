"""The page of `visual.watch`, opened from disk and used as a reader would."""

import json

import numpy as np
import pytest

from w2vcore.visual import watch

pytest.importorskip("selenium", reason="selenium is not installed")

from pages import By, Keys, open_page, overlapping, press, text, wait

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
    page = watch(sentences, path, snapshots=STEPS, epochs=4, vector_size=10, title="Two topics")
    return page.model, path.as_uri()


@pytest.fixture
def opened(browser, film):
    """The replay, at its beginning, and not playing."""
    open_page(browser, film[1])
    browser.execute_script("replay.pause(); replay.go(0)")
    return browser


@pytest.fixture
def lesson(browser, film):
    """Step by step, at the first example."""
    open_page(browser, f"{film[1]}#steps")
    wait(browser, "return lesson.course?.told && !byId('next-1').disabled")
    assert not browser.find_element(By.ID, "differs").is_displayed()
    return browser


def click(browser, identifier):
    browser.find_element(By.ID, identifier).click()


def fill(browser, **fields):
    """Write into the form, and train."""
    for name, value in fields.items():
        browser.execute_script("byId(arguments[0]).value = arguments[1]", name.replace("_", "-"), str(value))
    browser.execute_script(
        "window.ended = false; lesson.showFields(); lesson.submit().then(() => { window.ended = true; })"
    )
    wait(browser, "return window.ended")


def click_curve(browser, identifier, share):
    """Click a curve at a share of its width."""
    script = """const canvas = byId(arguments[0]); const box = canvas.getBoundingClientRect();
        const { left, right } = CURVE_ROOM;
        const at = { clientX: box.left + left + arguments[1] * (box.width - left - right), clientY: box.top + 40, pointerId: 1 };
        canvas.setPointerCapture = () => {};
        canvas.dispatchEvent(new PointerEvent("pointerdown", at));"""
    browser.execute_script(script, identifier, share)


def ink(browser, identifier):
    """How many pixels of a canvas are drawn on."""
    script = """const canvas = byId(arguments[0]);
        const { data: pixels } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let drawn = 0; for (let i = 3; i < pixels.length; i += 4) drawn += pixels[i] > 0;
        return drawn;"""
    return browser.execute_script(script, identifier)


# ---------------------------------------------------------------- the replay


def test_it_begins_at_the_beginning_and_plays(browser, film, console):
    open_page(browser, film[1])
    assert text(browser, "play") == "Pause"
    wait(browser, "return replay.at > 0.5")
    wait(browser, "return replay.step === replay.last && byId('play').textContent === 'Play'")
    press(browser, Keys.SPACE)  # once more, from the beginning
    wait(browser, "return replay.playing && replay.at > 0.5 && replay.at < replay.last")
    click(browser, "play")
    assert text(browser, "play") == "Play"
    assert console() == []


def test_without_motion_it_waits(browser, film):
    still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
    open_page(browser, film[1])
    assert browser.execute_script("return [replay.at, replay.playing]") == [0, 0]


def test_the_end_is_what_was_trained(opened, film, console):
    model, _ = film
    assert opened.title == "Two topics"
    press(opened, Keys.END)
    assert opened.execute_script("return [replay.last, replay.step]") == [STEPS, STEPS]
    assert text(opened, "where").startswith("epoch 4.00 of 4, 7,200 words")
    for name, expected in (("inputs", model.wv.vectors), ("outputs", model.syn1neg)):
        shown = opened.execute_script(f"return replay.{name}.matrix(replay.last).map((row) => [...row])")
        np.testing.assert_allclose(np.array(shown), expected, atol=1e-4)
    assert console() == []


def test_the_slider_and_the_curve(opened, console):
    slider = opened.find_element(By.ID, "step")
    assert text(opened, "where").startswith("epoch 0.00 of 4, 0 words")
    early = opened.execute_script("return replay.shown[0]")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    wait(opened, "return replay.step === 2")
    assert opened.execute_script("return replay.shown[0]") != early
    assert opened.execute_script("return replay.curve.now") == 1
    click_curve(opened, "loss", 0.75)
    assert opened.execute_script("return [replay.step, replay.curve.now]") == [6, 3]
    assert console() == []


def test_following_a_word(opened, film, console, screenshot):
    model, _ = film
    press(opened, Keys.END, Keys.ARROW_DOWN)
    assert opened.execute_script("return replay.chosen") == 0
    first = model.wv.index_to_key[0]
    nearest = [word for word, _ in model.wv.most_similar(first, topn=2)]
    assert all(word in text(opened, "near") for word in nearest)
    assert opened.execute_script("return replay.heat.maps.map(({ marked }) => marked)") == [[0], [0]]
    screenshot("watch-word")
    press(opened, Keys.ESCAPE)
    assert opened.execute_script("return replay.chosen") == -1
    x, y = opened.execute_script("return replay.shown[3]")
    script = """const box = byId("map").getBoundingClientRect();
        const at = { clientX: box.left + arguments[0] + 2, clientY: box.top + arguments[1] };
        byId("map").dispatchEvent(new MouseEvent("click", at));"""
    opened.execute_script(script, x, y)
    assert opened.execute_script("return replay.chosen") == 3
    assert console() == []


def test_a_tree_has_no_output_vectors(browser, sentences, tmp_path, console):
    path = tmp_path / "tree.html"
    watch(sentences, path, snapshots=2, epochs=1, hs=1, negative=0, sg=0)
    open_page(browser, path.as_uri())
    assert browser.execute_script("return replay.outputs") is None
    assert "CBOW, hierarchical softmax, window 5" in text(browser, "about")
    browser.execute_script("replay.go(0)")
    assert console() == []


# ---------------------------------------------------------------- step by step


@pytest.mark.parametrize("settings", [{"objective": "nce"}, {"objective": "softmax"}, {"hs": 1, "negative": 5}])
def test_it_says_where_it_trains_in_another_way(browser, sentences, tmp_path, settings):
    page = watch(sentences, tmp_path / "page.html", snapshots=2, epochs=1, vector_size=4, **settings)
    open_page(browser, f"{page.path.as_uri()}#steps")
    trained = settings.get("objective", "hierarchical softmax")
    assert trained in text(browser, "differs") and "This page trains with noise words" in text(browser, "differs")


def test_one_example(lesson, console, screenshot):
    """The sentence, the question, the scores before and after, the arrows."""
    told = json.loads(
        lesson.execute_script(
            "const { inputs, centre, rows } = lesson.course.told; return JSON.stringify([inputs, centre, rows])"
        )
    )
    words = lesson.execute_script("return lesson.course.trainer.text.words")
    centre = lesson.find_element(By.CSS_SELECTOR, "#sentence .centre").text
    assert centre == words[told[1]]
    assert [span.text for span in lesson.find_elements(By.CSS_SELECTOR, "#sentence .input")] == [words[told[0][0]]]
    lines = lesson.find_elements(By.CSS_SELECTOR, "#changes tr")
    assert [line.find_element(By.TAG_NAME, "th").text.split(" ×")[0] for line in lines] == [
        words[row] for row in told[2]
    ]
    assert "pull" in lines[0].text and all("push" in line.text for line in lines[1:])
    assert "still zero" in text(lesson, "moves")  # as the output vectors are, in the beginning
    click(lesson, "next-500")
    assert text(lesson, "lesson-where").startswith("example 501 of ")
    before, after = lesson.execute_script("const { chances, after } = lesson.course.told; return [chances, after]")
    assert after[0] > before[0]
    line = lesson.find_element(By.CSS_SELECTOR, "#changes tr").text
    assert f"{before[0]:.4f} → {after[0]:.4f}" in line
    assert "sum of the thin arrows" in text(lesson, "moves")
    assert ink(lesson, "arrows") > 500
    assert overlapping(lesson.execute_script("return lesson.arrows.labels.map(({ box }) => box)")) == []
    screenshot("watch-example")
    assert console() == []


def test_next_and_back(lesson):
    numbers = []
    for button in ("next-1", "next-20", "next-100", "next-500", "back", "first"):
        click(lesson, button)
        numbers.append(lesson.execute_script("return lesson.number"))
    assert numbers == [2, 22, 122, 622, 621, 1]
    lesson.execute_script("document.activeElement.blur()")
    press(lesson, Keys.ARROW_RIGHT, Keys.PAGE_DOWN)
    assert lesson.execute_script("return lesson.number") == 102
    press(lesson, Keys.END)
    total = lesson.execute_script("return lesson.course.total")
    assert lesson.execute_script("return lesson.number") == total
    click(lesson, "next-500")  # there is no other one
    assert lesson.execute_script("return lesson.number") == total


def test_the_way_to_an_example_does_not_matter(lesson):
    """Going back and on again gives the same vectors, number for number."""
    state = "return JSON.stringify([lesson.course.told.loss, [...lesson.course.trainer.inputs.numbers]])"
    lesson.execute_script("lesson.go(777)")
    expected = lesson.execute_script(state)
    for number in (2000, 1, 776, 777):
        lesson.execute_script("lesson.go(arguments[0])", number)
    assert lesson.execute_script(state) == expected


def test_the_curve_goes_to_an_example(lesson):
    total = lesson.execute_script("return lesson.course.total")
    click_curve(lesson, "lesson-loss", 0.5)
    assert lesson.execute_script("return lesson.number") == pytest.approx(total / 2, abs=total / 100)
    assert lesson.execute_script("return lesson.curve.ys.length") > 50
    assert lesson.execute_script("return lesson.curve.ys.at(-1) < lesson.curve.ys[0]")


def test_playing(lesson):
    lesson.execute_script("document.activeElement.blur()")
    press(lesson, Keys.SPACE)
    assert text(lesson, "lesson-play") == "Pause"
    wait(lesson, "return lesson.number >= 3")
    click(lesson, "lesson-play")
    assert text(lesson, "lesson-play") == "Play"


def test_neurons(lesson, console, screenshot):
    click(lesson, "next-500")
    press(lesson, "2")
    assert ink(lesson, "network") > 500
    maps = lesson.execute_script(
        "return lesson.network.heat.maps.map(({ rows, names }) => [rows.map((row) => [...row]), names])"
    )
    matrices = lesson.execute_script(
        "const { inputs, outputs } = lesson.course.trainer; return [inputs, outputs].map(({ numbers }) => [...numbers])"
    )
    words = lesson.execute_script("return lesson.course.trainer.text.words")
    for (rows, names), numbers in zip(maps, matrices, strict=True):
        assert names == words
        np.testing.assert_array_equal(np.array(rows).ravel(), numbers)
    largest = np.abs(matrices).max()
    assert text(lesson, "lesson-highest") == f"+{largest:.2f}"
    told = lesson.execute_script("return lesson.network.heat.told([lesson.network.heat.boxes[0].left + 2, HEADS + 2])")
    assert told.startswith(f"{words[0]}, number 1: {matrices[0][0]:.3f}")
    screenshot("watch-neurons")
    assert console() == []


def test_a_text_of_ones_own(lesson, console):
    """Text, rate, window, noise words: the page trains with them, and says what it cannot do."""
    fill(lesson, text="a b c\n\nd e", field_alpha=0.5, field_window=2, field_negative=3, field_epochs=5, field_size=6)
    trainer = lesson.execute_script(
        "const { text, settings, total } = lesson.course.trainer; return { text, settings, total }"
    )
    assert trainer["text"]["sentences"] == [[4, 3, 2], [1, 0]]
    assert {name: trainer["settings"][name] for name in ("alpha", "window", "negative", "epochs", "size")} == {
        "alpha": 0.5, "window": 2, "negative": 3, "epochs": 5, "size": 6,
    }  # fmt: skip
    assert text(lesson, "lesson-where") == f"example 1 of {trainer['total']}, epoch 1 of 5, rate 0.5000"
    for wrong, why in (
        ("", "two words or more"),
        ("a a\na a", "three different words"),
        ("a b " * 2501, "5,002 words, and 5,000"),
    ):
        fill(lesson, text=wrong)
        assert why in text(lesson, "trouble")
    fill(lesson, text="a b c", field_epochs=1000)
    assert lesson.execute_script("return lesson.course.trainer.settings.epochs") == 1000
    fill(lesson, text="a b c d e f g h i j " * 400)
    assert "500,000 are allowed" in text(lesson, "trouble")
    fill(lesson, text="a b c", field_window=50)  # the browser says what is allowed
    assert lesson.execute_script("return lesson.course.trainer.settings.window") == 2
    lesson.find_element(By.CSS_SELECTOR, "#preset option[value=court]").click()
    wait(lesson, "return byId('text').value.startsWith('the king')")
    assert console() == []


@pytest.mark.parametrize("cbow", [0, 1])
def test_a_tree(lesson, console, screenshot, cbow):
    assert not lesson.find_element(By.ID, "tree-tab").is_displayed()
    fill(lesson, field_cbow=cbow, field_tree=1)
    click(lesson, "next-500")
    click(lesson, "tree-tab")
    told = lesson.execute_script("const { rows, labels, centre } = lesson.course.told; return [rows, labels, centre]")
    path = lesson.execute_script("return lesson.course.trainer.tree.paths[arguments[0]]", told[2])
    assert (told[0], [1 - label for label in told[1]]) == (path["nodes"], path["turns"])
    assert f"has {len(told[0])} turn" in text(lesson, "what")
    assert len(lesson.find_elements(By.CSS_SELECTOR, "#changes tr")) == len(told[0])
    assert ink(lesson, "tree") > 500
    screenshot(f"watch-tree-{cbow}")
    fill(lesson, field_tree=0)
    assert lesson.execute_script("return lesson.view") == "arrows"
    assert console() == []


def test_cbow_shows_its_mean(lesson, console):
    fill(lesson, field_cbow=1, field_tree=0)
    lesson.execute_script("lesson.go(321)")
    inputs = lesson.execute_script("return lesson.course.told.inputs")
    hidden = lesson.execute_script("return [...lesson.course.told.hidden]")
    rows = lesson.execute_script(
        "return lesson.course.told.inputs.map((row) => [...lesson.course.told.before.inputs.get(row)])"
    )
    np.testing.assert_allclose(hidden, np.mean(rows, axis=0), atol=1e-6)
    marked = lesson.find_elements(By.CSS_SELECTOR, "#sentence .input")
    assert len(marked) == len(inputs) > 1
    assert text(lesson, "what").startswith("The mean of the words around it, ")
    assert "mean" in lesson.execute_script("return lesson.arrows.labels.map((label) => label.text)")
    assert console() == []


# ---------------------------------------------------------------- both


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_widths_and_colours(browser, film, viewport, colours, console, screenshot, width, scheme):
    viewport(width, 844)
    colours(scheme)
    open_page(browser, film[1])
    assert browser.execute_script("return document.documentElement.dataset.theme") == scheme
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_script("replay.pause(); replay.go(replay.last)")
    labels = browser.execute_script("return replay.labels.map(({ box }) => box)")
    assert len(labels) >= 4
    assert overlapping(labels) == []
    assert browser.find_element(By.ID, "step").is_displayed()
    screenshot(f"watch-{width}-{scheme}")
    click(browser, "show-lesson")
    wait(browser, "return lesson.course?.told")
    for view in ("arrows", "network"):
        browser.execute_script("lesson.go(1500); lesson.show(arguments[0])", view)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        screenshot(f"watch-{view}-{width}-{scheme}")
    assert browser.find_element(By.ID, "next-1").is_displayed()
    assert console() == []


def test_keys(opened, console):
    press(opened, "s")
    wait(opened, "return lesson.course?.told")
    assert opened.find_element(By.ID, "lesson").is_displayed()
    press(opened, "/")
    assert opened.execute_script("return document.activeElement.id") == "text"
    press(opened, "s r t")  # is written
    assert opened.find_element(By.ID, "lesson").is_displayed()
    press(opened, Keys.ESCAPE, "t")
    assert opened.execute_script("return document.documentElement.dataset.theme") == "dark"
    press(opened, "t", "r", "?")
    assert opened.find_element(By.ID, "keys").is_displayed()
    opened.find_element(By.CSS_SELECTOR, "#keys button").click()
    assert opened.find_element(By.ID, "replay").is_displayed()
    assert console() == []
