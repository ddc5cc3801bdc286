"""The page of `visual.explore`, opened from disk and used as a reader would."""

import json

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.visual import explore

pytest.importorskip("selenium", reason="selenium is not installed")

from pages import By, Keys, boxes, open_page, overlapping, press, text, wait

TRAPS = [
    "</script><script>window.trapped = 1</script>", "<img src=x onerror='window.trapped = 2'>", "<b>bold</b>",
    "&amp;", "<!-- comment", "a\nb", "\ud800", "\u2028", "x" * 500, "{{7*7}}", "", "日本語", "مرحبا", "👩‍🔬",
    '<a href="javascript:window.trapped = 3">link</a>',
]  # fmt: skip


@pytest.fixture(scope="module")
def vectors():
    """Topics of words: a word's neighbours are those of its topic."""
    keys = [f"{topic}{number}" for topic in ("animal", "city", "colour", "tool") for number in range(8)]
    rng = np.random.default_rng(1)
    rows = np.repeat(rng.normal(size=(4, 20)), 8, axis=0) + 0.8 * rng.normal(size=(32, 20))
    wv = KeyedVectors(20)
    wv.add_vectors(keys, rows, extras={"count": np.arange(1032, 1000, -1)})
    return wv


@pytest.fixture(scope="module")
def page(vectors, tmp_path_factory):
    return explore(vectors, tmp_path_factory.mktemp("explore") / "words.html", title="Topics").as_uri()


@pytest.fixture
def opened(browser, page):
    return open_page(browser, page)


def answers(browser, identifier):
    """(word, cosine) of each line of a list; the whole word, which may be shown cut."""
    lines = browser.find_elements(By.CSS_SELECTOR, f"#{identifier} li")
    return [
        (
            line.find_element(By.CLASS_NAME, "name").get_property("textContent"),
            float(line.find_element(By.CLASS_NAME, "number").text),
        )
        for line in lines
    ]


def test_search_and_neighbours(opened, vectors, console, screenshot):
    press(opened, "/")
    press(opened, "CITY3")
    assert [item.text for item in opened.find_elements(By.CSS_SELECTOR, "#search-suggestions li")] == ["city3"]
    screenshot("explore-search")
    press(opened, Keys.ENTER)
    assert text(opened, "chosen") == "city3"
    expected = vectors.most_similar("city3", topn=12)
    found = answers(opened, "neighbours")
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=0.012)
    assert {word for word, _ in found[:5]} == {word for word, _ in expected[:5]}
    assert opened.current_url.endswith("#word=city3")
    screenshot("explore-word")
    second = found[1][0]
    opened.find_elements(By.CSS_SELECTOR, "#neighbours button")[1].click()
    assert text(opened, "chosen") == second
    press(opened, Keys.BACKSPACE)
    wait(opened, "return document.getElementById('chosen').textContent === 'city3'")
    assert console() == []


def test_suggestions(opened):
    press(opened, "/", "l1")
    shown = [item.text for item in opened.find_elements(By.CSS_SELECTOR, "#search-suggestions li")]
    assert sorted(shown) == ["animal1", "tool1"]
    press(opened, Keys.ARROW_DOWN, Keys.ENTER)
    assert text(opened, "chosen") == shown[1]
    press(opened, "/", "nothing like it")
    assert text(opened, "search-suggestions") == "No such word on this page"
    press(opened, Keys.ENTER)
    assert text(opened, "chosen") == shown[1]
    press(opened, Keys.ESCAPE, Keys.ESCAPE)
    press(opened, Keys.ESCAPE)
    assert text(opened, "chosen") == "No word chosen"
    assert "#" not in opened.current_url


def test_analogy(opened, vectors, console):
    press(opened, "a")
    for word in ("animal1", "city1", "tool1"):
        press(opened, word, Keys.ENTER)
    expected = [word for word, _ in vectors.most_similar(positive=["city1", "tool1"], negative=["animal1"], topn=5)]
    found = answers(opened, "solutions")
    assert found[0][0] == expected[0]
    assert len({word for word, _ in found} & set(expected)) >= 4
    field = opened.find_element(By.ID, "second")
    field.clear()
    field.send_keys("unheard")
    opened.find_element(By.ID, "ask").click()
    assert "“unheard” is not among the words" in text(opened, "trouble")
    assert answers(opened, "solutions") == []
    assert console() == []


def test_a_click_on_the_map(opened):
    row = 5
    where = opened.execute_script(
        "const [x, y] = map.ranges; const box = byId('plane').getBoundingClientRect();"
        "return [0, 1].map((axis) => (map.places.plane[axis][arguments[0]] - [x, y][axis][0]) / ([x, y][axis][1] - [x, y][axis][0]))"
        ".map((share, axis) => axis ? box.top + (1 - share) * box.height : box.left + share * box.width)",
        row,
    )
    from selenium.webdriver.common.action_chains import ActionChains

    mouse = ActionChains(opened, duration=50)
    mouse.w3c_actions.pointer_action.move_to_location(round(where[0]), round(where[1]))
    mouse.pause(0.3).click().perform()
    wait(opened, "return chosen >= 0")
    assert opened.execute_script("return chosen") == row


def test_keys(opened, console, screenshot):
    press(opened, "?")
    assert opened.find_element(By.ID, "keys").is_displayed()
    screenshot("explore-keys")
    press(opened, Keys.ESCAPE)
    assert not opened.find_element(By.ID, "keys").is_displayed()
    opened.execute_script("return choose(0)")
    press(opened, Keys.ARROW_DOWN)
    press(opened, Keys.ARROW_DOWN)
    second = answers(opened, "neighbours")[1][0]
    press(opened, Keys.ENTER)
    assert text(opened, "chosen") == second
    whole = opened.execute_script("return map.ranges")
    opened.find_element(By.TAG_NAME, "body").send_keys("+")
    wait(opened, "return map.ranges[0][1] - map.ranges[0][0] < arguments[0]", 0.7 * (whole[0][1] - whole[0][0]))
    opened.find_element(By.TAG_NAME, "body").send_keys("0")
    wait(opened, "return Math.abs(map.ranges[0][0] - arguments[0]) < 1e-6", whole[0][0])
    assert console() == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_widths_and_colours(browser, page, viewport, colours, console, screenshot, width, scheme):
    viewport(width, 844)
    colours(scheme)
    open_page(browser, f"{page}#word=tool2")
    assert text(browser, "chosen") == "tool2"
    assert browser.execute_script("return document.documentElement.dataset.theme") == scheme
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    labels = boxes(browser, "#plane .annotation")
    assert len(labels) >= 8
    assert overlapping(labels) == []
    screenshot(f"explore-{width}-{scheme}")
    background = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    browser.find_element(By.ID, "theme").click()
    assert browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color") != background
    browser.find_element(By.ID, "theme").click()
    assert console() == []


def test_three_dimensions(opened, console, screenshot):
    opened.find_element(By.TAG_NAME, "body").send_keys("3")
    wait(opened, "return map.drawn.space && document.querySelectorAll('#space .annotation-scene').length > 0")
    opened.execute_script("return choose(3)")
    wait(opened, "return map.selected[0] === 3")
    opened.execute_async_script(
        "setTimeout(arguments[0], 600)"
    )  # words that would overlap go after the picture is drawn
    assert overlapping(boxes(opened, "#space .annotation-scene")) == []
    assert "PCA" in text(opened, "caption")
    screenshot("explore-space")
    opened.find_element(By.TAG_NAME, "body").send_keys("2")
    wait(opened, "return !byId('plane').hidden && byId('space').hidden")
    assert console() == []


def test_words_are_text_and_nothing_else(browser, console, screenshot, tmp_path):
    wv = KeyedVectors(8)
    wv.add_vectors(TRAPS, np.random.default_rng(2).normal(size=(len(TRAPS), 8)))
    path = explore(wv, tmp_path / "traps.html", title="</title><script>window.trapped = 4</script>")
    open_page(browser, path.as_uri())
    browser.execute_script("data.words.forEach((word, row) => { choose(row); asked[row % 3].input.value = word; })")
    browser.find_element(By.ID, "ask").click()
    press(browser, "3")
    wait(browser, "return map.drawn.space")
    press(browser, "2", "/", "<", Keys.ARROW_DOWN)
    assert "</script>" in text(browser, "search-suggestions")
    screenshot("explore-traps")
    shown = [label.text for label in browser.find_elements(By.CSS_SELECTOR, "#plane .annotation-text")]
    assert {"<b>bold</b>", "&amp;", "<!-- comment"} & set(shown), shown
    assert browser.execute_script("return window.trapped") is None
    assert browser.execute_script("return document.querySelectorAll('#plane a[href], img').length") == 0
    assert browser.execute_script("return data.words")[5] == "a\\nb"
    assert console() == []


def test_nothing_is_fetched_and_no_other_script_runs(opened, console):
    loaded = opened.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in loaded if not name.startswith(("data:", "blob:"))] == []
    opened.execute_script("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.trapped = 1\">')")
    opened.execute_async_script(
        "fetch('https://example.org').catch(() => null).then(() => setTimeout(arguments[0], 200))"
    )
    assert opened.execute_script("return window.trapped") is None
    assert all("Content Security Policy" in line["message"] for line in console())


def test_without_webgl(browser, page, console):
    hide = (
        "HTMLCanvasElement.prototype.getContext = ((get) => function (kind, ...rest) {"
        "return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); })(HTMLCanvasElement.prototype.getContext)"
    )
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": hide})
    try:
        open_page(browser, page)
        assert browser.execute_script("return byId('plane').data[0].type") == "scatter"
        assert not browser.find_element(By.ID, "space-button").is_enabled()
        press(browser, "3")
        assert browser.execute_script("return map.view") == "plane"
        browser.execute_script("return choose(3)")
        assert len(boxes(browser, "#plane .annotation")) >= 8
        assert console() == []
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


@pytest.mark.slow
def test_twenty_thousand_words(browser, console, screenshot, tmp_path):
    """It opens, finds and zooms; how fast is printed, and no reason to fail."""
    wv = KeyedVectors(100)
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(40, 100))
    table = centres[rng.integers(40, size=20_000)] + rng.normal(size=(20_000, 100))
    wv.add_vectors([f"word{row}" for row in range(20_000)], table.astype(np.float32))
    path = explore(wv, tmp_path / "many.html")
    open_page(browser, path.as_uri())
    assert browser.execute_script("return document.querySelectorAll('#plane .annotation').length") > 20
    found = browser.execute_script("return vectors.similar(arguments[0], 10)", 19_999)
    expected = wv.most_similar("word19999", topn=10)
    assert [answer["cosine"] for answer in found] == pytest.approx([cosine for _, cosine in expected], abs=0.01)
    times = browser.execute_async_script("""
        const done = arguments[0];
        (async () => {
          const times = { picture: performance.getEntriesByName("w2vcore-picture")[0].startTime };
          let began = performance.now();
          for (let row = 0; row < 10; row += 1) vectors.similar(row, 12);
          times.neighbours = (performance.now() - began) / 10;
          began = performance.now();
          for (let i = 0; i < 10; i += 1) await map.zoom(i % 2 ? 1 / 1.3 : 1.3);
          times.zoom = (performance.now() - began) / 10;
          done(times);
        })();
    """)
    size = path.stat().st_size / 1e6
    print(f"{size:.1f} MB; milliseconds: {json.dumps({name: round(value) for name, value in times.items()})}")
    screenshot("explore-many")
    assert size < 12
    assert console() == []
