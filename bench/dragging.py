"""Dragging a node of a drawing to and fro, by mouse and by finger, for as long as frames are counted."""

import time
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.studio.drawing import DrawingPage
from tests.studio.touch import Fingers

DRAG_SECONDS = 2.0


def drag(drawing: DrawingPage) -> None:
    """To and fro for DRAG_SECONDS, a step for each frame."""
    box = drawing.node("input").bounding_box()
    assert box
    mouse, x, y = drawing.page.mouse, box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    for step in _ticks():
        mouse.move(x + 40 + step % 60, y + 20 + step % 30)
    mouse.up()


def drag_touching(page: Page, drawing: DrawingPage) -> None:
    fingers, end = Fingers(page), time.perf_counter() + DRAG_SECONDS
    box = drawing.node("input").bounding_box()
    assert box
    x, y, there = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, 30.0
    while time.perf_counter() < end:
        fingers.drag((x, y), (x + there, y))
        x, there = x + there, -there


def _ticks() -> Iterator[int]:
    end, step = time.perf_counter() + DRAG_SECONDS, 0
    while time.perf_counter() < end:
        yield step
        step += 1
        time.sleep(0.012)
