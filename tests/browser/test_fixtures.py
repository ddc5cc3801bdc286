"""The browser itself: it opens pages from disk, draws WebGL, and tells what the console said."""

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Café</title><p id="colours"></p><script>
const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => { document.getElementById("colours").textContent = `${dark.matches} ${innerWidth}`; };
dark.addEventListener("change", show); addEventListener("resize", show); show();
const gl = document.createElement("canvas").getContext("webgl");
console.error(gl ? "webgl" : "none");
</script>"""


def test_browser(browser, viewport, colours, console, screenshot, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf8")
    browser.get(page.as_uri())
    assert browser.title == "Café"
    assert [entry["message"].split()[-1] for entry in console()] == ['"webgl"']
    assert console() == []
    assert browser.find_element("id", "colours").text == "false 1280"
    colours("dark")
    viewport(390)
    assert browser.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches && innerWidth === 390")
    assert screenshot("page").stat().st_size > 500
