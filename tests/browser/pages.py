"""What the tests of pages have in common: to open one, to wait, to type, to measure."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

__all__ = ["By", "Keys", "boxes", "open_page", "overlapping", "press", "text", "wait", "written"]


def open_page(browser, address):
    browser.get("about:blank")
    browser.get(address)
    wait(browser, "return document.documentElement.dataset.ready === 'true'")
    return browser


def wait(browser, condition, *arguments, timeout=30):
    return WebDriverWait(browser, timeout, 0.05).until(lambda it: it.execute_script(condition, *arguments), condition)


def text(browser, identifier):
    return browser.find_element(By.ID, identifier).text


def press(browser, *keys):
    browser.switch_to.active_element.send_keys(*keys)


def boxes(browser, selector):
    """Left, top, right and bottom of each visible element."""
    script = """return [...document.querySelectorAll(arguments[0])]
        .filter((label) => label.style.visibility !== "hidden").map((label) => label.getBoundingClientRect())
        .filter((box) => box.width).map((box) => [box.left, box.top, box.right, box.bottom])"""
    return browser.execute_script(script, selector)


def written(browser):
    """What is written on the map of an explorer, and the box of each text in pixels."""
    return browser.execute_script("map.draw(); return map.labels.map(({ text, box }) => ({ text, box }))")


def overlapping(found):
    """Pairs that share more than a pixel."""
    return [
        (one, other)
        for place, one in enumerate(found)
        for other in found[:place]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1
    ]
