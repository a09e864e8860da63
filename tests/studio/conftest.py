"""The studio in Chromium, on a platform of its own.

Browsers and platform live as long as tests of this folder follow each other: Playwright keeps an event loop in the
thread it is started in, which tests of other folders must not meet.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.studio.people import Person
from tests.studio.platform import STUDIO, platform
from tests.studio.screens import Screens, Troubles

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE_MS = 20_000  # a machine that runs other tests beside is slow, not wrong
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; install it with: sudo apt-get install chromium")
    if not (STUDIO / "index.html").is_file():
        pytest.skip("the studio is not built; build it with: make studio")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def url(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with platform(tmp_path_factory.mktemp("studio")) as address:
        yield address


@pytest.fixture(scope="package")
def ada(playwright: Playwright, url: str) -> Person:
    """Somebody who has an account and a project already."""
    return Person(playwright, url)


@pytest.fixture
def troubles() -> Iterator[Troubles]:
    """Fails the test for whatever went wrong in a browser and was not provoked."""
    troubles = Troubles()
    yield troubles
    assert troubles.found == []


@pytest.fixture
def screens(browser: Browser, url: str, troubles: Troubles) -> Iterator[Screens]:
    screens = Screens(browser, url, troubles)
    yield screens
    screens.close()
