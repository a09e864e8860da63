"""The studio as an app: it can be installed, and opens without a connection once it was opened with one."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.studio.people import Person
from tests.studio.screens import PHONE, Screens, Troubles


@pytest.fixture
def visited(screens: Screens) -> BrowserContext:
    """A phone on which the studio has been opened once."""
    context = screens.context(PHONE, workers=True)
    page = context.new_page()
    page.goto("/sign-in")
    installed(page)
    return context


ACTIVE = "navigator.serviceWorker.getRegistration().then(found => found?.active?.state === 'activated')"


def installed(page: Page) -> None:
    """Waits until the service worker has put everything by."""
    for _ in range(60 * 4):
        if page.evaluate(ACTIVE):
            return
        page.wait_for_timeout(250)
    raise AssertionError("the service worker is not installed after a minute")


def test_it_can_be_installed(visited: BrowserContext):
    page = visited.pages[0]
    address = page.locator("link[rel=manifest]").get_attribute("href")
    assert address
    manifest = page.request.get(address).json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("NeuralForge", "standalone", "/")
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert sizes >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert page.request.get(icon["src"]).headers["content-type"] == icon["type"]
    found = visited.new_cdp_session(page).send("Page.getInstallabilityErrors")
    # Chromium never offers installation from a private window, which is what tests have.
    assert [error["errorId"] for error in found["installabilityErrors"]] in ([], ["in-incognito"])


def test_the_second_visit_needs_no_connection(visited: BrowserContext, troubles: Troubles):
    visited.set_offline(True)
    page = visited.new_page()
    page.goto("/sign-in")
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Offline")).to_be_visible()
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    troubles.provoke("/auth/login")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def test_a_person_stays_signed_in_without_a_connection(screens: Screens, ada: Person, troubles: Troubles):
    context = screens.context(PHONE, ada.session(), workers=True)
    page = context.new_page()
    page.goto("/")
    installed(page)
    context.set_offline(True)
    troubles.provoke("/auth/refresh", "/graphql", "ERR_INTERNET_DISCONNECTED")
    page.reload()
    expect(page.get_by_role("button", name="Account of Ada")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Offline")).to_be_visible()
