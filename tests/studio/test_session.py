"""Signing up, in and out; a session that needs a new token, in one tab and in two."""

import json
import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.studio.people import PASSWORD, Person
from tests.studio.screens import DESK, PHONE, Kind, Screens, Troubles

EXPIRED = {"errors": [{"message": "the token has expired", "extensions": {"code": "GRANT_EXPIRED"}}]}


@pytest.fixture(scope="module")
def versions(ada: Person) -> str:
    """The address of a page that only a person who is signed in can see."""
    architecture = ada.architecture("guarded")
    ada.version(architecture, "the first version")
    return f"/architectures/{architecture}/versions"


def shown(page: Page) -> None:
    expect(page.get_by_text("the first version").first).to_be_visible()


def refreshes(page: Page) -> list[Request]:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/auth/refresh") else None)
    return asked


def expire(page: Page, times: int = 1) -> None:
    """The next answers say that the token is over."""
    left = [times]

    def answer(route: Route) -> None:
        if left[0] == 0:
            return route.continue_()
        left[0] -= 1
        return route.fulfill(status=401, content_type="application/json", body=json.dumps(EXPIRED))

    page.route("**/graphql", answer)


def fill(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)


@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_a_person_signs_up_through_the_page(screens: Screens, kind: Kind, request: pytest.FixtureRequest):
    page = screens.page(kind)
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Grace")
    fill(page, f"grace-{request.node.callspec.id}@example.com")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile("://[^/]+/$"))
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)


def test_after_signing_in_a_person_is_where_they_wanted_to_be(screens: Screens, ada: Person, versions: str):
    page = screens.page()
    page.goto(versions)
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    fill(page, ada.email)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"{versions}$"))
    shown(page)


def test_a_wrong_password_is_told_and_nothing_else(screens: Screens, ada: Person, troubles: Troubles):
    troubles.provoke("401")
    page = screens.page()
    page.goto("/sign-in")
    fill(page, ada.email, "not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_nobody_is_led_to_another_site(screens: Screens, ada: Person):
    page = screens.page()
    page.goto("/sign-in?next=//example.com/")
    fill(page, ada.email)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"://127\.0\.0\.1:\d+/$"))


def test_a_token_that_is_over_is_replaced_unnoticed(screens: Screens, ada: Person, troubles: Troubles, versions: str):
    troubles.provoke("401.*", r"/graphql")
    page = screens.page(session=ada.session())
    asked = refreshes(page)
    page.goto(versions)
    shown(page)
    page.wait_for_load_state("networkidle")
    expire(page)
    page.get_by_role("link", name="NeuralForge, all projects").click()
    expect(page.get_by_role("list", name="Projects").get_by_role("link", name="Digits").first).to_be_visible()
    assert len(asked) == 2  # of the page as it loads, and of the token that was over


def test_two_tabs_that_refresh_at_once_both_stay(screens: Screens, ada: Person, versions: str):
    context = screens.context(session=ada.session())
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(versions)
    for _ in range(3):
        for tab in tabs:
            with tab.expect_event("domcontentloaded"):
                tab.evaluate("void setTimeout(() => location.reload())")
        for tab in tabs:
            shown(tab)


def test_signing_out_is_for_all_tabs_and_for_good(screens: Screens, ada: Person, versions: str):
    context = screens.context(session=ada.session())
    page, other = context.new_page(), context.new_page()
    for each in (page, other):
        each.goto(versions)
        shown(each)
    page.get_by_role("button", name="Account of Ada").click()
    page.get_by_role("menuitem", name="Sign out").click()
    for each in (page, other):
        expect(each.get_by_label("E-mail")).to_be_visible()
        expect(each.get_by_text("the first version")).to_have_count(0)
    page.goto(versions)
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies()] == []
