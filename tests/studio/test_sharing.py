"""Working together and showing one's work: an invitation taken by its link, a project seen by a guest."""

import re

from playwright.sync_api import Page, Playwright, expect

from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Screens, Troubles


def value(page: Page, label: str) -> str:
    """A secret that the page shows this once."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_be_visible()
    return field.input_value()


def test_who_is_invited_joins_by_the_link(screens: Screens, playwright: Playwright, url: str) -> None:
    ada, bob = Person(playwright, url, "Ada"), Person(playwright, url, "Bob")
    page = screens.page(DESK, ada.session())
    page.goto("/organisation")
    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_label("Name").fill("Acme")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Acme", level=1)).to_be_visible()
    expect(page.get_by_role("region", name="Usage").get_by_text("counted anew from")).to_be_visible()
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill(bob.email)
    page.get_by_role("dialog").get_by_role("button", name="Invite").click()
    link = value(page, "Invitation link")

    his = screens.page(PHONE, bob.session())
    his.goto(link)
    expect(his.get_by_role("heading", name="Ada invites you to Acme")).to_be_visible()
    assert "#" not in his.url
    his.get_by_role("button", name="Accept").click()
    expect(his).to_have_url(re.compile("://[^/]+/$"))
    his.goto("/organisation")
    expect(his.get_by_role("heading", name="Acme", level=1)).to_be_visible()
    expect(his.get_by_role("list", name="Members").get_by_role("listitem")).to_have_count(2)
    expect(his.get_by_role("button", name="Invite", exact=True)).to_have_count(0)


def test_a_guest_sees_the_project_until_the_link_is_revoked(screens: Screens, ada: Person, troubles: Troubles) -> None:
    page = screens.page(DESK, ada.session())
    page.goto(f"/projects/{ada.project}")
    page.get_by_role("button", name="Share").click()
    page.get_by_label("For whom?").fill("The jury")
    page.get_by_role("button", name="Make a link").click()
    link = value(page, "Link")

    guest = screens.page(PHONE)
    guest.goto(link)
    expect(guest.get_by_text("Read-only: you are a guest")).to_be_visible()
    assert "nfs_" not in guest.url
    guest.reload()
    expect(guest.get_by_text("Read-only: you are a guest")).to_be_visible()
    expect(guest.get_by_role("button", name="Share")).to_have_count(0)

    page.get_by_role("button", name="Revoke the link for The jury").click()
    expect(page.get_by_role("list", name="Links")).to_have_count(0)
    troubles.provoke("401")
    guest.reload()
    expect(guest).to_have_url(re.compile("/sign-in"))
