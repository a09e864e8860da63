"""GraphiQL, built beside the studio: it asks as whoever is signed in, over HTTP and over a WebSocket."""

import pytest
from playwright.sync_api import Page, expect

from tests.studio.people import Person
from tests.studio.platform import STUDIO
from tests.studio.screens import DESK, Screens, Troubles

pytestmark = pytest.mark.skipif(
    not (STUDIO / "graphiql").is_dir(), reason="GraphiQL is not built; build it with: make studio"
)


def run(page: Page, query: str) -> None:
    editor = page.get_by_label("Query Editor")
    editor.locator(".CodeMirror").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(query)
    page.get_by_role("button", name="Execute query").click()


def test_it_asks_as_who_is_signed_in_and_subscribes(screens: Screens, ada: Person):
    architecture = ada.architecture("looked at with GraphiQL")
    page = screens.page(DESK, ada.session())
    page.goto("/graphql")
    expect(page.get_by_label("Query Editor")).to_contain_text("Sign in to the studio")
    page.get_by_role("button", name="Execute query").click()
    answer = page.get_by_label("Result Window")
    expect(answer).to_contain_text('"name": "Ada"')
    run(page, f'subscription {{ architectureEdits(architectureId: "{architecture}") {{ __typename }} }}')
    expect(answer).to_contain_text("architectureEdits")


def test_it_shows_the_schema_and_says_that_nobody_is_signed_in(screens: Screens, troubles: Troubles):
    troubles.provoke("401")
    page = screens.page(DESK)
    page.goto("/graphql")
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_role("link", name="Mutation", exact=True)).to_be_visible()
    page.get_by_role("button", name="Execute query").click()
    expect(page.get_by_label("Result Window")).to_contain_text("UNAUTHENTICATED")
