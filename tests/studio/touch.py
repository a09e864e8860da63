"""Fingers on a phone, as the hardware reports them: Chromium turns them into gestures, clicks and scrolling itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from tests.studio.places import Point, middle

STEPS = 12
STEP_MS = 16


class Fingers:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def tap(self, target: Locator | Point) -> None:
        point = self.middle(target)
        with self._down([point]):
            self._page.wait_for_timeout(30)

    def hold(self, target: Locator | Point, milliseconds: int = 700) -> None:
        with self._down([self.middle(target)]):
            self._page.wait_for_timeout(milliseconds)

    def drag(self, start: Locator | Point, end: Locator | Point) -> None:
        self._move([self.middle(start)], [self.middle(end)])

    def pinch(self, middle: Point, before: float, after: float) -> None:
        """Two fingers, so many pixels apart before and after."""
        x, y = middle
        there, here = ([(x - width / 2, y), (x + width / 2, y)] for width in (before, after))
        self._move(there, here)

    def middle(self, target: Locator | Point) -> Point:
        """Where to touch; brings it into view as a person would."""
        if isinstance(target, tuple):
            return target
        target.scroll_into_view_if_needed()
        return middle(target)

    def _move(self, start: Sequence[Point], end: Sequence[Point]) -> None:
        with self._down(start):
            for step in range(1, STEPS + 1):
                part = step / STEPS
                ways = zip(start, end, strict=True)
                self._send("touchMove", [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in ways])
                self._page.wait_for_timeout(STEP_MS)

    @contextmanager
    def _down(self, points: Sequence[Point]) -> Iterator[None]:
        self._send("touchStart", points)
        yield
        self._send("touchEnd", [])

    def _send(self, kind: str, points: Sequence[Point]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
