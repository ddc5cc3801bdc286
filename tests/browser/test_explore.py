"""The page of `visual.explore`, opened from disk and used as a reader would."""

import json

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.visual import explore

pytest.importorskip("selenium", reason="selenium is not installed")

from pages import By, Keys, open_page, overlapping, press, text, wait, written

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
    assert text(opened, "chosen") == "“nothing like it” is not here"
    press(opened, Keys.ESCAPE)
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


def drag(browser, places, shift=False):
    """Press the button of the mouse at the first of some places of the map, move over the others, and let it go."""
    from selenium.webdriver.common.action_chains import ActionChains

    left, top = browser.execute_script("const box = map.front.getBoundingClientRect(); return [box.left, box.top]")
    mouse = ActionChains(browser, duration=20)
    if shift:
        ActionChains(browser).key_down(Keys.SHIFT).perform()
    pointer = mouse.w3c_actions.pointer_action
    for number, (x, y) in enumerate(places):
        pointer.move_to_location(round(left + x), round(top + y))
        if not number:
            pointer.pointer_down()
    pointer.pointer_up()
    mouse.perform()
    if shift:
        ActionChains(browser).key_up(Keys.SHIFT).perform()


def pixel(browser, row):
    return browser.execute_script("return map.pixel(arguments[0])", row)


def test_a_click_on_the_map(opened):
    drag(opened, [pixel(opened, 5)])
    assert opened.execute_script("return chosen") == 5
    drag(opened, [[640, 700]])
    assert opened.execute_script("return chosen") == 5


def test_dragging_and_the_wheel(opened):
    before = pixel(opened, 0)
    drag(opened, [[500, 690], [540, 650], [560, 640]])
    after = pixel(opened, 0)
    assert [after[0] - before[0], after[1] - before[1]] == pytest.approx([60, -50], abs=1)
    wide = opened.execute_script("const [[a, b]] = map.ranges; return b - a")
    wheel = "map.front.dispatchEvent(new WheelEvent('wheel', { deltaY: -400, clientX: 500, clientY: 400 }))"
    narrow = opened.execute_script(f"{wheel}; const [[a, b]] = map.ranges; return b - a")
    assert narrow == pytest.approx(wide * np.exp(-0.6), rel=1e-6)


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
    narrower = "return map.ranges[0][1] - map.ranges[0][0] < arguments[0]"
    assert opened.execute_script(narrower, 0.7 * (whole[0][1] - whole[0][0]))
    opened.find_element(By.TAG_NAME, "body").send_keys("0")
    wait(opened, "return Math.abs(map.ranges[0][0] - arguments[0]) < 1e-6", whole[0][0])
    assert console() == []


def legend(browser):
    """(name, count) of each line of the legend."""
    lines = browser.find_elements(By.CSS_SELECTOR, "#legend li")
    return [tuple(line.find_element(By.CLASS_NAME, part).text for part in ("name", "number")) for line in lines]


def shown(browser):
    """The words that are not filtered out."""
    return set(browser.execute_script("return data.words.filter((_, row) => map.visible[row])"))


def assert_nothing_is_below_the_legend(browser):
    """Drag the map to the left, where the legend covers it: no label is hidden."""
    browser.execute_script("map.camera.drag(-300, 0)")
    covered = browser.execute_script(
        "const { offsetLeft: x, offsetTop: y, offsetWidth: w, offsetHeight: h } = byId('legend-box'); return [x, y, x + w, y + h]"
    )
    labels = written(browser)
    assert labels and not [label for label in labels if overlapping([label["box"], covered])]
    browser.execute_script("map.reset()")


def test_clusters_are_named_and_filter(opened, console, screenshot):
    lines = legend(opened)
    assert [count for _, count in lines] == ["8"] * 4
    for name, _ in lines:
        assert len({word.rstrip("0123456789") for word in name.split(", ")}) == 1
    captions = {label["text"] for label in written(opened)} & {", ".join(name.split(", ")[:2]) for name, _ in lines}
    assert len(captions) >= 3  # as many as there is room for
    assert_nothing_is_below_the_legend(opened)
    buttons = opened.find_elements(By.CSS_SELECTOR, "#legend button")
    buttons[1].click()
    topic = lines[1][0].split(",")[0].rstrip("0123456789")
    assert shown(opened) == {f"{topic}{number}" for number in range(8)}
    assert text(opened, "filtered-text") == "8 of 32, by cluster"
    screenshot("explore-filter")
    opened.find_elements(By.CSS_SELECTOR, "#legend button")[2].click()
    assert len(shown(opened)) == 16
    opened.find_element(By.ID, "show-all").click()
    assert len(shown(opened)) == 32 and not opened.find_element(By.ID, "filtered").is_displayed()
    press(opened, "n")
    assert legend_select(opened) == "Count"
    slider = opened.find_element(By.CSS_SELECTOR, "#legend input")
    opened.execute_script("arguments[0].value = 50; arguments[0].dispatchEvent(new Event('input'))", slider)
    assert 12 <= len(shown(opened)) <= 20 and "animal0" in shown(opened)
    assert console() == []


def legend_select(browser):
    return browser.execute_script("const select = byId('colour-by'); return select.selectedOptions[0].textContent")


def test_near_spellings(opened, console):
    press(opened, "/", "anmial3")
    assert text(opened, "search-suggestions").splitlines() == ["No such word; near spellings:", "animal3"] + [
        f"animal{number}" for number in (0, 1, 2, 4)
    ]
    press(opened, Keys.ENTER)
    assert text(opened, "chosen") == "“anmial3” is not here"
    opened.find_elements(By.CSS_SELECTOR, "#near button")[0].click()
    assert text(opened, "chosen") == "animal3"
    assert console() == []


def test_an_unknown_word_in_an_analogy(opened, console):
    press(opened, "a", "animal1", Keys.ENTER, "toool1", Keys.ENTER)
    assert "“toool1” is not among the words of this page" in text(opened, "trouble")
    near = opened.find_elements(By.CSS_SELECTOR, "#trouble button")
    assert near[0].text == "tool1"
    near[0].click()
    press(opened, "city1", Keys.ENTER)
    assert text(opened, "trouble") == "" and len(answers(opened, "solutions")) == 5
    assert console() == []


def test_an_analogy_is_drawn(opened, console, screenshot):
    press(opened, "a", "animal1", Keys.ENTER, "city1", Keys.ENTER, "tool1", Keys.ENTER)
    best = answers(opened, "solutions")[0][0]
    words = "return map.arrows.map(({ from, to }) => [data.words[from], data.words[to]])"
    assert opened.execute_script(words) == [["animal1", "city1"], ["tool1", best]]
    labels = {label["text"] for label in written(opened)}
    assert {"animal1", "city1", "tool1", best} <= labels
    screenshot("explore-analogy")
    opened.find_elements(By.CSS_SELECTOR, "#solutions button")[1].click()
    second = answers(opened, "solutions")[1][0]
    assert text(opened, "chosen") == second and opened.execute_script(words)[1] == ["tool1", second]
    assert console() == []


def test_two_words_compared(opened, vectors, console, screenshot):
    press(opened, "c", "animal1", Keys.ENTER, "city1", Keys.ENTER)
    cosine = float(text(opened, "compared-cosine").removeprefix("Cosine "))
    assert cosine == pytest.approx(vectors.similarity("animal1", "city1"), abs=0.012)
    way = [button.text for button in opened.find_elements(By.CSS_SELECTOR, "#way button")]
    assert (way[0], way[-1], len(set(way))) == ("animal1", "city1", 5)
    common = answers(opened, "common")
    two = ("animal1", "city1")
    both = np.minimum(*(vectors.cosine_similarities(vectors[word], vectors.vectors) for word in two))
    both = np.delete(both, [vectors.get_index(word) for word in two])
    assert [cosine for _, cosine in common] == pytest.approx(sorted(both, reverse=True)[:6], abs=0.012)
    assert len(opened.execute_script("return map.arrows")) == 4
    screenshot("explore-compare")
    assert console() == []


def test_axes_of_the_readers_own(opened, vectors, console, screenshot):
    press(opened, "x", "animal1", Keys.ENTER, "city1", Keys.ENTER, "tool1", Keys.ENTER, "colour1", Keys.ENTER)
    wait(opened, "return map.mixed === 1")
    places = np.array(opened.execute_script("return [...map.places]")).reshape(-1, 3)
    unit = vectors.get_normed_vectors()
    for axis, (low, high) in enumerate([("animal1", "city1"), ("tool1", "colour1")]):
        way = unit[vectors.get_index(high)] - unit[vectors.get_index(low)]
        np.testing.assert_allclose(places[:, axis], unit @ way / np.linalg.norm(way), atol=0.01)
    assert "animal1 → city1" in text(opened, "caption")
    screenshot("explore-axes")
    opened.find_element(By.ID, "leave").click()
    assert "PCA" in text(opened, "caption")
    assert console() == []


def test_lasso_and_lists(opened, console, screenshot):
    inside = opened.execute_script("return map.within([[300, 60], [620, 60], [620, 720], [300, 720]])")
    press(opened, "s")
    drag(opened, [[300, 60], [620, 60], [620, 720], [300, 720]])
    assert 2 < len(inside) < 32
    assert opened.execute_script("return lists.present.rows") == inside
    assert text(opened, "list-facts") == f"{len(inside)} selected with the lasso."
    assert opened.find_element(By.ID, "lasso").get_attribute("aria-pressed") == "false"
    screenshot("explore-lasso")
    opened.find_element(By.CSS_SELECTOR, "#kept .remove").click()
    assert opened.execute_script("return lists.present.rows") == inside[1:]
    drag(opened, [[300, 60], [640, 60], [640, 720], [300, 720]], shift=True)
    assert opened.execute_script("return lists.all.length") == 2
    opened.find_element(By.ID, "empty-list").click()
    opened.execute_script("choose(2)")
    opened.find_element(By.TAG_NAME, "body").send_keys("k")
    assert opened.execute_script("return lists.table()").splitlines()[0] == "key\tcount\tcluster"
    assert opened.execute_script("return lists.table()").splitlines()[1].startswith("animal2\t1030\tanimal")
    opened.execute_script("window.copied = []; navigator.clipboard.writeText = async (it) => { copied.push(it); }")
    opened.find_element(By.ID, "copy").click()
    wait(opened, "return byId('list-facts').textContent === 'Copied 1 lines.'")
    assert opened.execute_script("return copied[0] === lists.table()")
    opened.execute_script("localStorage.clear()")
    assert console() == []


def test_a_list_is_saved(browser, page, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    open_page(browser, page)
    browser.execute_script("localStorage.clear()")
    open_page(browser, page)
    browser.execute_script("lists.add([1, 3]); tabs.show('list')")
    browser.find_element(By.ID, "download").click()
    wait(browser, "return byId('list-facts').textContent === 'Saved 2 lines.'")
    for _ in range(100):
        if (tmp_path / "list-1.tsv").exists():
            break
        browser.execute_async_script("setTimeout(arguments[0], 50)")
    assert [line.split("\t")[0] for line in (tmp_path / "list-1.tsv").read_text().splitlines()] == [
        "key",
        "animal1",
        "animal3",
    ]
    browser.execute_script("localStorage.clear()")


def test_titles_and_metadata(browser, console, screenshot, tmp_path):
    rng = np.random.default_rng(4)
    wv = KeyedVectors(8)
    wv.add_vectors(list(range(100, 140)), rng.normal(size=(40, 8)), extras={"count": np.arange(40, 0, -1)})
    metadata = {
        key: {"title": f"Mug no. {key}", "kind": ("kitchen", "office")[key % 2], "price": key / 10}
        for key in range(100, 139)
    }
    path = explore(wv, tmp_path / "items.html", metadata=metadata)
    open_page(browser, f"{path.as_uri()}#word=105")
    assert text(browser, "chosen") == "Mug no. 105"
    assert "Id 105; item 6 of 40 by rank; seen 35 times" in text(browser, "facts")
    assert "kind: office; price: 10.5" in text(browser, "facts")
    assert browser.find_element(By.CSS_SELECTOR, ".search label").text == "Search an item"
    assert browser.find_element(By.ID, "first").get_attribute("placeholder") == "Mug no. 100"
    press(browser, "/", "107", Keys.ARROW_DOWN, Keys.ENTER)
    assert text(browser, "chosen") == "Mug no. 107"
    browser.execute_script("arguments[0].focus(); arguments[0].blur()", browser.find_element(By.ID, "search"))
    press(browser, "n")
    assert legend_select(browser) == "kind" and legend(browser) == [("kitchen", "20"), ("office", "19")]
    browser.find_elements(By.CSS_SELECTOR, "#legend button")[0].click()
    assert len(shown(browser)) == 20
    press(browser, "n")
    assert legend_select(browser) == "price"
    slider = browser.find_elements(By.CSS_SELECTOR, "#legend input")[1]
    browser.execute_script("arguments[0].value = 50; arguments[0].dispatchEvent(new Event('input'))", slider)
    assert shown(browser) == {f"Mug no. {key}" for key in range(100, 120, 2)}
    assert text(browser, "filtered-text") == "10 of 40, by kind, price"
    screenshot("explore-metadata")
    header, line = browser.execute_script(
        "lists.add([3]); const it = lists.table(); localStorage.clear(); return it"
    ).splitlines()
    assert header == "key\ttitle\tcount\tcluster\tkind\tprice"
    assert line.startswith("103\tMug no. 103\t37\t") and line.endswith("\toffice\t10.3")
    assert console() == []


def test_on_a_phone_the_answer_comes_before_the_map(browser, page, viewport, console):
    viewport(390, 844)
    open_page(browser, f"{page}#word=tool2")
    places = [browser.find_element(By.CSS_SELECTOR, part).rect["y"] for part in (".search", ".word", ".map", ".panels")]
    assert places == sorted(places)
    assert browser.find_element(By.ID, "neighbours").rect["y"] + 100 < 844
    assert console() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_clusters_differ(opened, theme):
    opened.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
    colours = np.array(opened.execute_script("return Array.from({ length: 24 }, (_, i) => categoryColour(i))"))
    apart = np.linalg.norm(colours[:, None] - colours, axis=2) + 1000 * np.eye(24)
    assert apart.min() > 20
    assert np.abs(colours - (251 if theme == "light" else 23)).max(axis=1).min() > 90


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_widths_and_colours(browser, page, viewport, colours, console, screenshot, width, scheme):
    viewport(width, 844)
    colours(scheme)
    open_page(browser, f"{page}#word=tool2")
    assert text(browser, "chosen") == "tool2"
    assert browser.execute_script("return document.documentElement.dataset.theme") == scheme
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    labels = [label["box"] for label in written(browser)]
    assert len(labels) >= 8
    assert overlapping(labels) == []
    screenshot(f"explore-{width}-{scheme}")
    background = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    browser.find_element(By.ID, "theme").click()
    assert browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color") != background
    browser.find_element(By.ID, "theme").click()
    assert console() == []


def test_three_dimensions(opened, console, screenshot):
    press(opened, "3")
    assert opened.execute_script("return map.view") == "space"
    opened.execute_script("choose(3)")
    assert opened.execute_script("return map.selected[0]") == 3
    labels = written(opened)
    assert len(labels) >= 8
    assert overlapping([label["box"] for label in labels]) == []
    assert "PCA" in text(opened, "caption")
    screenshot("explore-space")
    before = pixel(opened, 3)
    drag(opened, [[600, 690], [700, 650]])
    assert np.hypot(*np.subtract(pixel(opened, 3), before)) > 5
    press(opened, "2")
    assert opened.execute_script("return map.view") == "plane"
    assert console() == []


def test_words_are_text_and_nothing_else(browser, console, screenshot, tmp_path):
    wv = KeyedVectors(8)
    wv.add_vectors(TRAPS, np.random.default_rng(2).normal(size=(len(TRAPS), 8)))
    path = explore(wv, tmp_path / "traps.html", title="</title><script>window.trapped = 4</script>")
    open_page(browser, path.as_uri())
    browser.execute_script(
        "data.words.forEach((word, row) => { choose(row); analogy.fields[row % 3].input.value = word; })"
    )
    browser.find_element(By.ID, "ask").click()
    press(browser, "3")
    press(browser, "2", "/", "<", Keys.ARROW_DOWN)
    assert "</script>" in text(browser, "search-suggestions")
    screenshot("explore-traps")
    shown = {label["text"] for label in written(browser)}
    assert {"<b>bold</b>", "&amp;", "<!-- comment"} & shown, shown
    assert browser.execute_script("return window.trapped") is None
    assert browser.execute_script("return document.querySelectorAll('a[href], img').length") == 0
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
        assert browser.execute_script("return map.scatter.kind") == "plain"
        browser.execute_script("choose(3)")
        assert len(written(browser)) >= 8
        drawn = "const { width, height } = map.back; return map.back.getContext('2d').getImageData(0, 0, width, height).data.some(Boolean)"
        assert browser.execute_script(drawn)
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
    assert len(written(browser)) > 20
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
          for (let i = 0; i < 10; i += 1) { map.zoom(i % 2 ? 1 / 1.3 : 1.3); map.draw(); }
          times.zoom = (performance.now() - began) / 10;
          done(times);
        })();
    """)
    size = path.stat().st_size / 1e6
    print(f"{size:.1f} MB; milliseconds: {json.dumps({name: round(value) for name, value in times.items()})}")
    screenshot("explore-many")
    assert size < 5
    assert console() == []
