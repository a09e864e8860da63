"""The account's page: devices signed out, the password changed, the account deleted; a forgotten password asked for."""

import re

import pytest
from playwright.sync_api import Playwright, expect

from tests.studio.people import PASSWORD, Person
from tests.studio.screens import DESK, PHONE, Kind, Screens, Troubles

NEW = "another good password"


@pytest.fixture(scope="module")
def grace(playwright: Playwright, url: str) -> Person:
    """Somebody whom no other test needs afterwards."""
    return Person(playwright, url, "Grace")


@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_all_other_devices_are_signed_out(screens: Screens, ada: Person, kind: Kind) -> None:
    page = screens.page(kind, ada.session())
    page.goto("/account")
    expect(page.get_by_text("This device")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("list", name="Devices").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("button", name="Sign out everywhere else")).to_be_hidden()


def test_a_password_is_changed_and_the_account_deleted(screens: Screens, grace: Person) -> None:
    page = screens.page(DESK, grace.session())
    page.goto("/account")
    page.get_by_label("Present password", exact=True).fill("not the password")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("this is not your present password; enter it again")).to_be_visible()
    page.get_by_label("Present password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    page.get_by_role("button", name="Delete my account…").click()
    dialog = page.get_by_role("dialog", name="Delete your account?")
    expect(dialog.get_by_text("goes, with its 1 project and everything in it.")).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(dialog.get_by_text("this is not your password; enter it again")).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(NEW)
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_link_is_mailed_to_who_forgot_the_password(screens: Screens) -> None:
    page = screens.page(PHONE)
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill("somebody@example.com")
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("status")).to_contain_text("a link to set a new password is on its way")


def test_a_link_that_is_not_good_says_so(screens: Screens, troubles: Troubles) -> None:
    troubles.provoke("401")
    page = screens.page(DESK)
    page.goto("/reset-password#nobody.secret")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_contain_text("the link is not good any more; ask for a new one")
    expect(page).to_have_url(re.compile("/reset-password$"))
