"""Guests and viewers: everything is there to be looked at, and nothing is offered that would be refused."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, StorageState, expect

from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Screens

LINK = """mutation($id: ID!) {
  made: createShareLink(projectId: $id, label: "jury") { ... on CreatedShareLink { token } } }"""
OPEN = "mutation($id: ID!) { setProjectVisibility(id: $id, visibility: ORGANISATION) { ... on Project { id } } }"
INVITE = """mutation($email: String!) {
  made: createInvitation(email: $email, role: VIEWER) { ... on SentInvitation { token } } }"""
ACCEPT = "mutation($token: String!) { made: acceptInvitation(token: $token) { ... on Organisation { id name } } }"
CHANGING = ("Save version", "Undo", "Redo", "Add", "Tidy layout", "Delete", "Duplicate", "Share", "Rename", "Upload")


@pytest.fixture
def ada(playwright: Playwright, url: str) -> Person:
    """Somebody whose project nobody else's test looks at, as it is shown to others here."""
    return Person(playwright, url)


@pytest.fixture
def architecture(ada: Person) -> str:
    id = ada.architecture()
    ada.version(id)
    return id


@pytest.fixture(params=["guest", "viewer"])
def looking(
    request: pytest.FixtureRequest, screens: Screens, playwright: Playwright, ada: Person
) -> Iterator[tuple[Page, str]]:
    """Somebody on a phone, and somebody at a desk; and what they are told."""
    if request.param == "guest":
        page = screens.page(PHONE)
        page.goto(f"/shared#{ada.ask(LINK, id=ada.project)['made']['token']}")
        page.wait_for_url("**/projects/*")
        yield page, "Read-only: you are a guest"
    else:
        ada.ask(OPEN, id=ada.project)
        bob = Person(playwright, ada.url, "Bob")
        token = ada.ask(INVITE, email=bob.email)["made"]["token"]
        yield (
            screens.page(DESK, within(bob.session(), bob.ask(ACCEPT, token=token)["made"])),
            "Read-only: you are a viewer",
        )


def within(session: StorageState, organisation: dict[str, str]) -> StorageState:
    """The same session, remembered as in another organisation."""
    [stored] = session["origins"][0]["localStorage"]
    stored["value"] = json.dumps(json.loads(stored["value"]) | {"organisation": organisation})
    return session


def test_who_looks_is_offered_nothing_that_would_be_refused(
    looking: tuple[Page, str], ada: Person, architecture: str
) -> None:
    page, told = looking
    for place in (
        f"/projects/{ada.project}",
        f"/architectures/{architecture}",
        f"/architectures/{architecture}/versions",
    ):
        page.goto(place)
        expect(page.get_by_text(told).first).to_be_visible()
        for name in CHANGING:
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
        for name in ("Train", "New architecture"):
            expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    for place, title in (
        (f"/projects/{ada.project}/templates", "Only members begin architectures"),
        (f"/architectures/{architecture}/train", "Only members start runs"),
    ):
        page.goto(place)
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_who_looks_changes_no_drawing(looking: tuple[Page, str], ada: Person, architecture: str) -> None:
    page, told = looking
    page.goto(f"/architectures/{architecture}")
    node = page.locator('[data-node-id="fc"]')
    node.click()
    page.keyboard.press("Delete")
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(node).to_be_visible()
    if page.get_by_role("button", name="Settings").count():
        page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("out_features", exact=True)).to_be_disabled()
    assert ada.node(architecture, "fc") is not None
