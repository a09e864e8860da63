"""Every page, in light and dark, on a phone and a desk: it keeps nobody out, and is no wider than the screen."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.studio.axe import violations
from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Kind, Screens

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def addresses(ada: Person) -> Mapping[str, str]:
    """Every page, about things that exist: an architecture with two versions, a run that is over."""
    architecture = ada.architecture("seen by all")
    ada.version(architecture, "narrow")
    ada.edit(architecture, {"op": "configure", "id": "fc", "set": {"out_features": 20}, "unset": []})
    ada.edit(architecture, {"op": "configure", "id": "fc", "set": {"out_features": 10}, "unset": []})
    ada.version(architecture, "as before")
    run = ada.run(architecture, ada.dataset())
    ada.completed(run)
    here = f"/architectures/{architecture}"
    return {
        "projects": "/",
        "project": f"/projects/{ada.project}",
        "templates": f"/projects/{ada.project}/templates",
        "runs": f"/projects/{ada.project}/runs",
        "editor": here,
        "versions": f"{here}/versions",
        "compare": f"{here}/compare",
        "source": f"{here}/source",
        "train": f"{here}/train",
        "run": f"/runs/{run}",
        "export": f"/runs/{run}/export",
        "nothing": "/nowhere",
    }


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_use_every_page(
    screens: Screens, ada: Person, addresses: Mapping[str, str], kind: Kind, dark: bool
):
    page = screens.page(kind, ada.session(), dark=dark)
    found = {name: seen(page, address) for name, address in addresses.items()}
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_sign_in(screens: Screens, kind: Kind, dark: bool):
    page = screens.page(kind, dark=dark)
    assert {address: seen(page, address) for address in ("/sign-in", "/sign-up")} == {"/sign-in": [], "/sign-up": []}


def seen(page: Page, address: str) -> list[str]:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    wide: int = page.evaluate(OVERFLOW)
    return violations(page) + ([f"{wide} pixels wider than the screen"] if wide > 0 else [])
