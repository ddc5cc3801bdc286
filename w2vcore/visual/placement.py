"""Where labels go on a picture: beside their dots, or a little away at the end of a line.

Labels are placed one after the other, the most important first, each where it covers no dot, no label and no line. A
line that leads to a label passes by all other dots and labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ANGLES = np.arange(16) * (2 * np.pi / 16)
_DISTANCES = (0.4, 1.2, 2.5, 4.0, 5.5, 7.5, 10.0)  # from the dot to the label, in heights of a label over two
_LINE_FROM = 2.0  # of these heights: nearer labels need no line


@dataclass(frozen=True)
class Placed:
    """A label that found room.

    Attributes
    ----------
    number : int
        Which one.
    middle : tuple of float
    line : ndarray, shape (2, 2), or None
        From the dot to the label, where it is away from its dot.
    """

    number: int
    middle: tuple[float, float]
    line: Array | None


def place(points: Array, sizes: Array, bounds: Array, dot: float, kept: bool = False) -> list[Placed]:
    """Return the labels that find room.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        The dots, the most important first, in any unit of length.
    sizes : ndarray, shape (n, 2)
        Width and height of each label.
    bounds : ndarray, shape (2, 2)
        Lowest and highest x and y of what labels may cover.
    dot : float
        The radius of a dot.
    kept : bool
        Whether dots without a label are drawn. If they are not, labels may cover them.

    Examples
    --------
    >>> bounds = np.array([[0.0, 0.0], [100.0, 100.0]])
    >>> found = place(np.array([[50.0, 50.0]]), np.array([[20.0, 8.0]]), bounds, 1.0)
    >>> [(each.number, each.line) for each in found]
    [(0, None)]
    """
    room = _Room(points, bounds, dot)
    found = {number: spot for number in range(len(points)) if (spot := room.take(number, sizes[number]))}
    if not kept and len(found) < len(points):
        room.forget([number for number in range(len(points)) if number not in found])
        for number in range(len(points)):
            if number not in found and (spot := room.take(number, sizes[number])):
                found[number] = spot
                room.remember(number)
    return [found[number] for number in sorted(found)]


class _Room:
    """What is taken so far."""

    def __init__(self, points: Array, bounds: Array, dot: float) -> None:
        self._points, self._bounds, self._dot = points, bounds, dot
        self._drawn = np.ones(len(points), bool)
        self._boxes = np.empty((0, 4))
        self._starts, self._stops = np.empty((0, 2)), np.empty((0, 2))

    def forget(self, numbers: list[int]) -> None:
        """Take it that these dots are not drawn."""
        self._drawn[numbers] = False

    def remember(self, number: int) -> None:
        """Take it that this dot is drawn after all."""
        self._drawn[number] = True

    def take(self, number: int, size: Array) -> Placed | None:
        """Return the first free place of a label, and take it; None if there is none."""
        point = self._points[number]
        if len(self._boxes) and bool(np.any(_covers(self._boxes, point[None], 0))):
            return None  # a label covers its dot, which was not to be drawn
        unit = size[1] / 2
        directions = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
        directions = directions[np.argsort(-directions[:, 0] - 1e-3 * directions[:, 1], kind="stable")]
        reach = np.repeat(_DISTANCES, len(directions)) * unit + self._dot
        ways = np.tile(directions, (len(_DISTANCES), 1))
        ends = point + ways * reach[:, None]
        middles = ends + ways * size / 2
        boxes = np.concatenate([middles - size / 2, middles + size / 2], axis=1)
        lined = reach > _LINE_FROM * unit + self._dot
        free = (boxes[:, :2] >= self._bounds[0]).all(axis=1) & (boxes[:, 2:] <= self._bounds[1]).all(axis=1)
        others = self._points[self._near(number, size, reach[-1])]
        free &= ~_covers(boxes, others, self._dot).any(axis=1)
        free &= ~(lined[:, None] & (_distances(point, ends, others) < 1.5 * self._dot)).any(axis=1)
        boxes_taken, starts, stops = self._taken(point, size, reach[-1])
        overlap = (boxes[:, None, :2] < boxes_taken[None, :, 2:]) & (boxes[:, None, 2:] > boxes_taken[None, :, :2])
        free &= ~np.any(np.all(overlap, axis=2), axis=1)
        free &= ~(lined[:, None] & _pass(point[None, None], ends[:, None], boxes_taken[None])).any(axis=1)
        free &= ~_pass(starts[None], stops[None], boxes[:, None]).any(axis=1)
        free &= ~(lined[:, None] & _meet(point[None, None], ends[:, None], starts[None], stops[None])).any(axis=1)
        if not free.any():
            return None
        best = int(free.argmax())
        line = np.stack([point, ends[best]]) if lined[best] else None
        self._boxes = np.vstack([self._boxes, boxes[best]])
        if line is not None:
            self._starts = np.vstack([self._starts, line[0]])
            self._stops = np.vstack([self._stops, line[1]])
        return Placed(number, (float(middles[best, 0]), float(middles[best, 1])), line)

    def _taken(self, point: Array, size: Array, reach: float) -> tuple[Array, Array, Array]:
        """Return the boxes of labels and the lines that a label of a dot could meet."""
        far = size + reach
        boxes = self._boxes[((self._boxes[:, :2] < point + far) & (self._boxes[:, 2:] > point - far)).all(axis=1)]
        low, high = np.minimum(self._starts, self._stops), np.maximum(self._starts, self._stops)
        lines = np.all((low < point + far) & (high > point - far), axis=1)
        return boxes, self._starts[lines], self._stops[lines]

    def _near(self, number: int, size: Array, reach: float) -> NDArray[np.bool_]:
        """Whether each other dot that is drawn is so near that a label of this one could cover it."""
        away = np.abs(self._points - self._points[number])
        near: NDArray[np.bool_] = np.all(away < size + reach + 2 * self._dot, axis=1) & self._drawn
        near[number] = False
        return near


def _covers(boxes: Array, points: Array, margin: float) -> NDArray[np.bool_]:
    """Whether each box covers each point."""
    low, high = boxes[:, None, :2] - margin, boxes[:, None, 2:] + margin
    inside: NDArray[np.bool_] = np.all((points > low) & (points < high), axis=2)
    return inside


def _distances(start: Array, ends: Array, points: Array) -> Array:
    """Return how near the way from a start to each end passes each point."""
    ways = ends - start
    lengths = np.maximum((ways**2).sum(axis=1), 1e-12)
    along = np.clip(((points - start) @ ways.T).T / lengths[:, None], 0, 1)
    nearest = start + along[:, :, None] * ways[:, None, :]
    result: Array = np.linalg.norm(points[None] - nearest, axis=2)
    return result


def _pass(starts: Array, ends: Array, boxes: Array) -> NDArray[np.bool_]:
    """Whether each line passes through its box (Liang and Barsky 1984)."""
    ways = ends - starts
    ways = np.where(np.abs(ways) < 1e-9, 1e-9, ways)
    one, other = (boxes[..., :2] - starts) / ways, (boxes[..., 2:] - starts) / ways
    first = np.maximum(np.minimum(one, other).max(axis=-1), 0)
    last = np.minimum(np.maximum(one, other).min(axis=-1), 1)
    result: NDArray[np.bool_] = first < last
    return result


def _meet(a: Array, b: Array, c: Array, d: Array) -> NDArray[np.bool_]:
    """Whether each line from a to b meets the one from c to d."""

    def side(p: Array, q: Array, r: Array) -> Array:
        result: Array = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )
        return result

    crossed: NDArray[np.bool_] = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return crossed
