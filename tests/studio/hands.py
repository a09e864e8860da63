"""Three ways to use the same page: with a finger, with a mouse, with the keyboard alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.studio.touch import Fingers

FARTHEST = 250  # stops on the way through a page


class Hands(Protocol):
    def press(self, target: Locator) -> None: ...

    def write(self, field: Locator, text: str) -> None:
        """In place of what stands there."""


class Finger:
    """Taps; what is written comes from the keyboard on the screen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.fingers = Fingers(page)

    def press(self, target: Locator) -> None:
        expect(target).to_be_enabled()
        self.fingers.tap(target)

    def write(self, field: Locator, text: str) -> None:
        self.press(field)
        expect(field).to_be_focused()
        field.select_text()
        self._page.keyboard.insert_text(text)


class Mouse:
    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, field: Locator, text: str) -> None:
        field.click(click_count=3)
        self._page.keyboard.type(text)


class Keyboard:
    """Goes from stop to stop with Tab, and never touches anything else."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        self.go(target)
        self._page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self.go(field)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def go(self, target: Locator) -> None:
        self.walk(target, "Tab")

    def walk(self, target: Locator, key: str) -> None:
        """Presses a key until it has led to the target."""
        expect(target).to_be_enabled()
        for _ in range(FARTHEST):
            if target.evaluate("target => document.activeElement === target"):
                return
            self._page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {target}")
