"""A headless Chromium for pages that w2vcore writes, driven by selenium; without one, the tests here are skipped.

Set W2VCORE_SCREENSHOTS to a folder to look at what the tests saw.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

# No sandbox: it needs rights that containers lack. SwiftShader draws WebGL without a GPU. The others keep the browser
# from calling home.
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--mute-audio",
)  # fmt: skip


def program(*names):
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory):
    """One browser for the whole run: starting one takes seconds."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install .[test]")
    binary, driver = program(*BROWSERS), program("chromedriver")
    if binary is None or driver is None:
        pytest.skip("no Chromium with its driver here: on Debian, apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    chromium.set_page_load_timeout(120)
    yield chromium
    chromium.quit()


@pytest.fixture
def browser(_chromium):
    """A selenium webdriver on an empty page of 1280 by 800 pixels, its console empty, in light colours."""
    _chromium.get("about:blank")
    _chromium.get_log("browser")
    _chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    _set_viewport(_chromium, 1280, 800)
    _set_colours(_chromium, "light")
    return _chromium


@pytest.fixture
def viewport(browser):
    """Return a function that gives the page another width and height, in CSS pixels; narrow ones are phones."""
    return lambda width, height=800: _set_viewport(browser, width, height)


@pytest.fixture
def colours(browser):
    """Return a function that makes the browser prefer "light" or "dark" pages."""
    return lambda scheme: _set_colours(browser, scheme)


@pytest.fixture
def console(browser):
    """Return a function that gives the page's warnings and errors since it was last called.

    Those of the renderer are left out: that drawing without a GPU is slow is no fault of the page.
    """

    def since():
        levels = {"WARNING", "SEVERE"}
        return [
            line for line in browser.get_log("browser") if line["level"] in levels and line["source"] != "rendering"
        ]

    return since


@pytest.fixture
def screenshot(browser, tmp_path):
    """Return a function that photographs the page as NAME.png, in W2VCORE_SCREENSHOTS or a temporary folder."""
    folder = Path(os.environ.get("W2VCORE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def shoot(name):
        path = folder / f"{name}.png"
        assert browser.save_screenshot(str(path))
        print(f"screenshot: {path}", file=sys.stderr)
        return path

    return shoot


def _set_viewport(chromium, width, height):
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def _set_colours(chromium, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
