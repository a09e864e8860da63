"""Names that would run, fill the screen, or turn the text around: they are shown, and do nothing else."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.studio.people import TINY, Json, Person
from tests.studio.screens import DESK, PHONE, Kind, Screens
from tests.studio.test_accessibility import OVERFLOW

RUNS = "<img src=x onerror=window.owned=1>"
TURNED = "\u202eknalb\u2067 الشبكة"  # an override and an isolate, as in a document of somebody else's making
LONG = "W" * 10_000


def hostile_document() -> Json:
    ids = {"in": f"{RUNS}", "flat": TURNED, "fc": LONG, "out": '"><script>window.owned=1</script>'}
    nodes = [{**node, "id": ids[str(node["id"])]} for node in TINY["nodes"]]
    edges = [{"source": ids[edge["source"]], "target": ids[edge["target"]]} for edge in TINY["edges"]]
    return {**TINY, "nodes": nodes, "edges": edges}


@pytest.fixture(scope="module")
def addresses(ada: Person) -> Mapping[str, str]:
    """The pages that tell of an architecture, a version, a project and a run of such names."""
    project = ada.make("createProject", "name: $name", name=(RUNS + "W" * 100)[:100])["id"]
    given = "projectId: $project, name: $name, document: $document"
    name = (RUNS + " الشبكة " + "W" * 100)[:100]
    made = ada.make("createArchitecture", given, project=project, name=name, document=hostile_document())
    architecture = str(made["id"])
    ada.version(architecture, (RUNS + " الشبكة " + "W" * 500)[:500])
    here = f"/architectures/{architecture}"
    pages = ("", "/versions", "/compare", "/source", "/train")
    return {
        "projects": "/",
        "project": f"/projects/{project}",
        "runs": f"/projects/{project}/runs",
        **{page.strip("/") or "editor": here + page for page in pages},
    }


@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_names_neither_run_nor_break_the_layout(
    screens: Screens, ada: Person, addresses: Mapping[str, str], kind: Kind
):
    page = screens.page(kind, ada.session())
    for address in addresses.values():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.owned") is None
        assert page.evaluate(OVERFLOW) <= 0, address
        assert outside(page) == [], address


def outside(page: Page) -> list[str]:
    """Controls of the page that lie beside the screen; those of the canvas may, as that is moved."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll("main button, header button, header a")]
      .filter((each) => !each.closest("[aria-label=Canvas], [role=toolbar]"))
      .map((each) => [each, each.getBoundingClientRect()])
      .filter(([, { left, right, width }]) => width > 0 && (left < -1 || right > innerWidth + 1))
      .filter(([each]) => !each.closest(".overflow-x-auto, .overflow-auto"))
      .map(([each]) => each.outerHTML.slice(0, 200))""")
    return found


def test_the_policy_allows_nothing_that_is_written_into_a_page(screens: Screens):
    answer = screens.page().goto("/sign-in")
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_name_that_is_too_long_is_refused_where_it_was_written(screens: Screens, ada: Person):
    page = screens.page(PHONE, ada.session())
    page.goto("/")
    page.get_by_role("button", name="New project").click()
    field = page.get_by_role("dialog").get_by_label("Name")
    field.evaluate("field => field.removeAttribute('maxlength')")
    field.fill(LONG)
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 to 100 printable characters")
    assert page.evaluate(OVERFLOW) <= 0
