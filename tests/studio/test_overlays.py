"""What opens over a page comes with the first touch of it, by whatever hand, and is told of where it cannot come."""

import re

from playwright.sync_api import Page, expect

from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Screens, Troubles

OVERLAYS = re.compile(r"/assets/overlays-[^/]+\.js$")
ENGINE = re.compile(r"/assets/blueprint-[^/]+\.js$")


def asked(page: Page) -> list[str]:
    """The addresses a page asks for, from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def test_the_projects_are_there_before_any_menu_and_without_the_engine(screens: Screens, ada: Person):
    ada.architecture("pictured")
    page = screens.page(PHONE, ada.session())
    addresses = asked(page)
    page.goto("/")
    expect(page.get_by_role("list", name="Projects").locator("svg path").first).to_be_attached()
    assert not [each for each in addresses if OVERLAYS.search(each) or ENGINE.search(each)]
    page.get_by_role("button", name=re.compile("^Account")).tap()
    expect(page.get_by_role("menuitemradio", name="Dark")).to_be_visible()
    assert [each for each in addresses if OVERLAYS.search(each)]


def test_a_menu_opens_by_keys_and_gives_the_focus_back(screens: Screens, ada: Person):
    page = screens.page(DESK, ada.session())
    page.goto("/")
    account = page.get_by_role("button", name=re.compile("^Account"))
    for key in ("ArrowDown", "Enter"):
        account.focus()
        page.keyboard.press(key)
        expect(page.get_by_role("menu", name="Account")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_have_count(0)
        expect(account).to_be_focused()


def test_the_menu_says_which_theme_holds(screens: Screens, ada: Person):
    page = screens.page(DESK, ada.session())
    page.goto("/")
    account = page.get_by_role("button", name=re.compile("^Account"))
    account.click()
    expect(page.get_by_role("menuitemradio", checked=True)).to_have_text("As the system")
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    account.click()
    expect(page.get_by_role("menuitemradio", checked=True)).to_have_text("Dark")


def test_what_cannot_be_loaded_is_told_and_opens_later(screens: Screens, ada: Person, troubles: Troubles):
    troubles.provoke("ERR_FAILED")
    page = screens.page(DESK, ada.session())
    page.goto("/")
    expect(page.get_by_role("list", name="Projects")).to_be_visible()
    page.route(OVERLAYS, lambda route: route.abort())
    page.get_by_role("button", name="New project").click()
    expect(page.get_by_text('"New project" could not be loaded; check the connection and try again')).to_be_visible()
    expect(page.get_by_role("list", name="Projects")).to_be_visible()
    page.unroute(OVERLAYS)
    page.get_by_role("button", name="New project").click()
    expect(page.get_by_role("dialog", name="New project").get_by_label("Name")).to_be_focused()
