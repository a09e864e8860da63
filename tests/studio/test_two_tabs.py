"""One drawing in two places: edits appear in the other, and those that contradict are explained, not lost silently.

That edits appear within 300 ms is measured in bench/studio.py; here it is only told that they do.
"""

import pytest
from playwright.sync_api import expect

from tests.studio.drawing import DrawingPage
from tests.studio.people import Person
from tests.studio.screens import Screens, Troubles


@pytest.fixture
def two(screens: Screens, ada: Person) -> tuple[DrawingPage, DrawingPage]:
    """Two browsers that look at one drawing."""
    architecture = ada.architecture("drawn together")
    pages = [screens.page(session=ada.session()) for _ in range(2)]
    here, there = (DrawingPage(page, architecture).open() for page in pages)
    return here, there


def test_an_edit_appears_in_the_other_tab(two: tuple[DrawingPage, DrawingPage]):
    here, there = two
    here.set("fc", "out_features", "20")
    there.outputs("fc", "B × 20")
    there.set("fc", "out_features", "30")
    here.outputs("fc", "B × 30")
    expect(here.page.get_by_role("dialog")).to_have_count(0)


def test_edits_of_different_things_go_together(two: tuple[DrawingPage, DrawingPage], troubles: Troubles):
    troubles.provoke("ERR_INTERNET_DISCONNECTED", "WebSocket")
    here, there = two
    there.page.context.set_offline(True)
    there.setting("fc", "bias").click()
    there.kept()
    here.set("fc", "out_features", "20")
    here.saved()
    there.page.context.set_offline(False)
    there.saved()
    for each in two:
        each.outputs("fc", "B × 20")
        expect(each.page.get_by_role("status", name="Totals")).to_contain_text("1.28 K")


def test_an_edit_that_contradicts_is_refused_with_the_reason(two: tuple[DrawingPage, DrawingPage], troubles: Troubles):
    troubles.provoke("ERR_INTERNET_DISCONNECTED", "WebSocket")
    here, there = two
    there.page.context.set_offline(True)
    there.set("fc", "out_features", "30")
    there.kept()
    here.set("fc", "out_features", "20")
    here.saved()
    there.page.context.set_offline(False)
    dialog = there.page.get_by_role("dialog")
    expect(dialog).to_contain_text("An edit was not kept")
    expect(dialog).to_contain_text("`fc` was changed elsewhere meanwhile")
    dialog.get_by_role("button", name="Dismiss").click()
    there.outputs("fc", "B × 20")
    there.saved()
