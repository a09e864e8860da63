"""Two people who use one browser, one after the other: neither sees what is the other's, nor sends it."""

import re

import pytest
from playwright.sync_api import Page, Playwright, Request, expect

from tests.studio.drawing import DrawingPage
from tests.studio.people import PASSWORD, Person
from tests.studio.screens import DESK, Screens, Troubles

KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open("neuralforge");
  opening.onsuccess = () => {
    const asking = opening.result.transaction("drawings").objectStore("drawings").getAllKeys();
    asking.onsuccess = () => resolve(asking.result.map((key) => key.split("/")[1]));
  };
})"""


@pytest.fixture(scope="module")
def eve(playwright: Playwright, url: str) -> Person:
    return Person(playwright, url, "Eve")


def sign_in(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("sign-in"))


def sign_out(page: Page, button: str) -> None:
    page.get_by_role("button", name=re.compile(button)).first.click()
    page.get_by_role("menuitem", name=re.compile("Sign out")).click()
    expect(page.get_by_label("E-mail")).to_be_visible()


def test_edits_wait_for_the_one_who_drew_them(ada: Person, eve: Person, screens: Screens, troubles: Troubles):
    id = ada.architecture("hers alone")
    page = screens.page(DESK, ada.session())
    drawing = DrawingPage(page, id).open()
    troubles.provoke("/graphql")
    page.route("**/graphql", lambda route: route.abort() if is_edit(route.request) else route.continue_())
    drawing.set("fc", "out_features", "7")
    drawing.kept()
    page.goto("/")
    sign_out(page, "Account")
    assert page.evaluate(KEPT) == ["unsent"]
    page.unroute("**/graphql")

    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_edit(request) else None)
    sign_in(page, eve)
    page.goto(f"/architectures/{id}")
    expect(page.get_by_text("There is no such architecture")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("Digits").first).to_be_visible()
    assert sent == []
    sign_out(page, "Account")

    sign_in(page, ada)
    DrawingPage(page, id).open().saved()
    assert len(sent) == 1
    assert (ada.node(id, "fc") or {})["config"] == {"out_features": 7}


def is_edit(request: Request) -> bool:
    return request.url.endswith("/graphql") and "mutation ApplyEdits" in (request.post_data or "")
