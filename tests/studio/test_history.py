"""What was drawn before: any moment is looked at, compared, brought back, begun anew from, taken home."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Download, Locator, Page, expect

from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Screens

WIDER = {"op": "configure", "id": "fc", "set": {"out_features": 20}, "unset": []}


@pytest.fixture
def grown(ada: Person) -> str:
    """An architecture of two versions; the second has a wider layer."""
    architecture = ada.architecture("grown")
    ada.version(architecture, "narrow")
    ada.edit(architecture, WIDER)
    ada.version(architecture, "wide")
    return architecture


def opened(screens: Screens, ada: Person, path: str) -> Page:
    page = screens.page(DESK, ada.session())
    page.goto(path)
    return page


def totals(page: Page) -> Locator:
    return page.get_by_role("status", name="Totals")


def taken(waiting: Download) -> Path:
    return Path(waiting.path())


def test_the_slider_opens_any_moment_to_be_read(screens: Screens, ada: Person, grown: str):
    page = opened(screens, ada, f"/architectures/{grown}/versions")
    slider = page.get_by_role("slider", name="Revision")
    expect(page.get_by_role("heading", name="Version 2", exact=True)).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("heading", name=re.compile("^(Version 1|Revision 1 of)"))).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("Version 1|Revision 1 of"))).to_contain_text("650")
    page.get_by_role("button", name="Later version").click()
    expect(page.get_by_role("region", name=re.compile("Version|Revision"))).to_contain_text(re.compile("650|1.3"))
    page.keyboard.press("Tab")
    page.get_by_role("button", name=re.compile("^Version 2")).click()
    expect(page.get_by_role("region", name=re.compile("Version 2"))).to_contain_text("1.3")
    expect(page.get_by_role("list").filter(has_text="narrow")).to_contain_text("you")


def test_two_versions_side_by_side_tell_what_changed(screens: Screens, ada: Person, grown: str):
    page = opened(screens, ada, f"/architectures/{grown}/compare?base=1&target=2")
    expect(page.get_by_role("region", name=re.compile("change"))).to_contain_text("out_features")
    figures = page.get_by_role("region", name="Figures")
    expect(figures).to_contain_text("650")
    expect(figures).to_contain_text("1.3 K")
    expect(page.get_by_role("region", name="Pictures")).to_contain_text("fc")


def test_an_earlier_version_is_brought_back_and_that_undone(screens: Screens, ada: Person, grown: str):
    page = opened(screens, ada, f"/architectures/{grown}/versions")
    page.get_by_role("button", name=re.compile("^Version 1")).click()
    page.get_by_role("button", name="Restore", exact=True).click()
    dialog = page.get_by_role("dialog", name="Restore version 1")
    expect(dialog).to_contain_text("out_features")
    dialog.get_by_role("button", name="Restore version 1").click()
    expect(totals(page)).to_contain_text("650")
    page.get_by_role("button", name="Undo").click()
    expect(totals(page)).to_contain_text("1.3 K")


def test_a_version_is_forked(screens: Screens, ada: Person, grown: str):
    page = opened(screens, ada, f"/architectures/{grown}/versions")
    page.get_by_role("button", name=re.compile("^Version 1")).click()
    page.get_by_role("button", name="Fork", exact=True).click()
    dialog = page.get_by_role("dialog", name="Fork version 1")
    dialog.get_by_label("Name").fill("grown apart")
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_role("heading", name="grown apart", level=1)).to_be_visible()
    expect(totals(page)).to_contain_text("650")
    assert page.url.rpartition("/")[2] != grown


def test_source_document_and_picture_are_taken_home(screens: Screens, ada: Person, grown: str):
    page = opened(screens, ada, f"/architectures/{grown}/source?version=1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_label(re.compile("^Source of"))).to_contain_text("nn.Linear(64, 10)")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('nn.Linear(64, 10)'))")
    files: dict[str, Path] = {}
    for kind in ("model.py", "JSON", "SVG", "PNG"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=re.compile(kind)).click()
        files[kind] = taken(waiting.value)
    compile(files["model.py"].read_text(), "model.py", "exec")
    assert json.loads(files["JSON"].read_text())["schema"] == "neuralforge.blueprint/1"
    svg = files["SVG"].read_text()
    assert svg.startswith("<svg")
    assert "<script" not in svg
    with Image.open(files["PNG"]) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 100


def test_a_phone_shows_history_without_scrolling_sideways(screens: Screens, ada: Person, grown: str):
    page = screens.page(PHONE, ada.session())
    for path in ("versions", "compare?base=1&target=2", "source?version=1"):
        page.goto(f"/architectures/{grown}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text(re.compile("Version [12]")).first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
