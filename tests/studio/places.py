"""Where things are on a page, once they stand still: a canvas comes into place after what it shows is there."""

from playwright.sync_api import Locator

Point = tuple[float, float]
LOOKS = 100
LOOK_MS = 150


def middle(target: Locator) -> Point:
    for _ in range(LOOKS):
        before = target.bounding_box()
        target.page.wait_for_timeout(LOOK_MS)
        if before and before == target.bounding_box():
            return before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    raise AssertionError(f"{target} is not to be seen, or goes on moving")
