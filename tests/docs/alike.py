"""Whether two texts say the same, where numbers may differ a little and a few words of a list may be others."""

import re

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
TOKEN = re.compile(r"-?\d[\d,]*\d(?:\.\d+)?|-?\d+(?:\.\d+)?|\w+|[^\w\s]")
NEAR, SHARE = 0.03, 0.1  # of numbers, absolute, and relative beyond 1; of tokens that may be others


def close(one, other, near=NEAR):
    """Whether two written numbers are close."""
    x, y = (float(text.replace(",", "")) for text in (one, other))
    return abs(x - y) <= max(near, near * 2 * abs(x))


def alike_texts(saved, printed):
    """Return what is wrong with a text, or "": other lines, numbers that are not close, or too many other words."""
    expected, found = (text.split("\n") for text in (saved, printed))
    if len(expected) != len(found) and TOKEN.findall(saved) != TOKEN.findall(printed):
        return f"{len(found)} lines in place of {len(expected)}"
    one, other = TOKEN.findall(saved), TOKEN.findall(printed)
    if abs(len(one) - len(other)) > SHARE * len(one):
        return f"{len(other)} words and numbers in place of {len(one)}"
    different = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    numbers = [pair for pair in different if all(map(NUMBER.fullmatch, pair)) and not close(*pair)]
    words = [pair for pair in different if not all(map(NUMBER.fullmatch, pair))]
    if numbers and len(numbers) > SHARE * len(one) / 2:
        return f"numbers that are not close: {numbers}"
    if len(words) > SHARE * len(one):
        return f"other words: {words}"
    return ""
