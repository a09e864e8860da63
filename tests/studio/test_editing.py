"""What people do on the canvas beside the main path, with a mouse or with fingers, and what stands there afterwards."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.studio.drawing import DrawingPage
from tests.studio.people import Person
from tests.studio.places import middle
from tests.studio.screens import DESK, PHONE, Screens
from tests.studio.touch import Fingers


@pytest.fixture
def drawing(screens: Screens, ada: Person) -> DrawingPage:
    """A small network on a desk."""
    return DrawingPage(screens.page(DESK, ada.session()), ada.architecture("edited")).open()


@pytest.fixture
def held(screens: Screens, ada: Person) -> DrawingPage:
    """The same in somebody's hand."""
    return DrawingPage(screens.page(PHONE, ada.session()), ada.architecture("held")).open()


def port(page: Page, side: str, node: str) -> Locator:
    return page.get_by_role("button", name=f"{side} {side.removesuffix('put').lower()} of {node}", exact=True)


def totals(page: Page) -> Locator:
    return page.get_by_role("status", name="Totals")


def copies(page: Page) -> Locator:
    """The fully connected layer, and what was made of it."""
    return page.locator("[data-node-id^='fc']")


def between(page: DrawingPage, above: str, below: str) -> tuple[float, float]:
    """The middle of the edge between two nodes, one below the other."""
    (x, top), (_, bottom) = middle(page.node(above)), middle(page.node(below))
    return x, (top + bottom) / 2


def select_edge(drawing: DrawingPage, above: str, below: str) -> Locator:
    """The button that removes it."""
    drawing.page.mouse.click(*between(drawing, above, below))
    return drawing.page.get_by_role("button", name=f"Remove the edge between {above} and {below}")


def drag(page: Page, what: Locator, to: tuple[float, float]) -> None:
    """With the mouse, over all that lies between."""
    what.scroll_into_view_if_needed()
    page.mouse.move(*middle(what))
    page.mouse.down()
    page.mouse.move(*to, steps=12)
    page.mouse.up()


def select_all(page: Page) -> None:
    page.get_by_role("application", name="Canvas").focus()
    page.keyboard.press("Control+A")


def test_an_edge_is_drawn_from_port_to_port(drawing: DrawingPage, ada: Person):
    page = drawing.page
    page.get_by_role("button", name="ReLU", exact=True).drag_to(
        page.get_by_role("application", name="Canvas"), target_position={"x": 80, "y": 300}
    )
    expect(drawing.node("relu1")).to_be_visible()
    drag(page, port(page, "Output", "flat"), middle(port(page, "Input", "relu1")))
    drawing.outputs("relu1", "B × 64")
    drawing.saved()


def test_ports_are_tapped_one_after_the_other(held: DrawingPage):
    page, fingers = held.page, Fingers(held.page)
    page.get_by_role("toolbar", name="Editing").get_by_role("button", name="Add").tap()
    page.get_by_role("button", name="Tanh", exact=True).tap()
    page.get_by_role("button", name="Close add a layer").tap()
    page.get_by_role("button", name="Show all").tap()
    expect(held.node("tanh1")).to_be_visible()
    fingers.pinch(middle(held.node("flat")), 150, 330)
    fingers.tap(held.node("flat"))
    page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Connect").tap()
    page.get_by_role("button", name="Show all").tap()
    fingers.tap(held.node("tanh1"))
    held.outputs("tanh1", "B × 64")


def test_a_layer_dropped_on_an_edge_stands_in_it(drawing: DrawingPage, ada: Person):
    page = drawing.page
    drag(page, page.get_by_role("button", name="ReLU", exact=True), between(drawing, "flat", "fc"))
    drawing.outputs("relu1", "B × 64")
    drawing.outputs("fc", "B × 10")
    drawing.saved()
    edges = {(each["source"], each["target"]) for each in ada.document(architecture(page))["edges"]}
    assert {("flat", "relu1"), ("relu1", "fc")} <= edges
    assert ("flat", "fc") not in edges


def architecture(page: Page) -> str:
    return page.url.rpartition("/")[2]


def test_a_layer_is_added_by_typing_its_name(drawing: DrawingPage):
    page = drawing.page
    drawing.node("flat").click()
    page.keyboard.press("/")
    page.keyboard.type("dropo")
    page.keyboard.press("Enter")
    drawing.outputs("dropout1", "B × 64")


def test_a_finger_that_rests_on_a_node_copies_it(held: DrawingPage):
    Fingers(held.page).hold(held.node("fc"))
    held.page.get_by_role("menu").get_by_role("menuitem", name="Duplicate").tap()
    expect(copies(held.page)).to_have_count(2)


def test_nodes_are_copied_and_pasted(drawing: DrawingPage):
    page = drawing.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drawing.node("fc").click()
    page.keyboard.press("Control+C")
    page.keyboard.press("Control+V")
    expect(copies(page)).to_have_count(2)
    page.keyboard.press("Control+Z")
    expect(copies(page)).to_have_count(1)
    page.keyboard.press("Control+Shift+Z")
    expect(copies(page)).to_have_count(2)


def test_nodes_become_a_block_that_is_opened_and_dissolved(drawing: DrawingPage):
    page = drawing.page
    drawing.node("flat").click()
    drawing.node("fc").click(modifiers=["Shift"])
    page.get_by_role("toolbar", name="Arrange the selection").get_by_role("button", name="Group into a Block").click()
    drawing.outputs("block1", "B × 10")
    expect(drawing.node("fc")).to_have_count(0)
    page.keyboard.press("Enter")
    drawing.outputs("fc", "B × 10")
    expect(drawing.node("block1")).to_have_count(0)
    page.keyboard.press("Shift+Enter")
    drawing.outputs("block1", "B × 10")
    page.keyboard.press("Shift+G")
    drawing.outputs("fc", "B × 10")
    expect(drawing.node("block1")).to_have_count(0)
    expect(totals(page)).to_contain_text("650")


def test_nodes_are_put_in_line_and_in_order(drawing: DrawingPage):
    page = drawing.page
    moved = drawing.node("fc")
    x = middle(moved)[0]
    drag(page, moved, (x + 160, middle(moved)[1] + 30))
    assert middle(moved)[0] - x > 50
    select_all(page)
    page.get_by_role("toolbar", name="Arrange the selection").get_by_role("button", name="Align left").click()
    nodes = [drawing.node(id) for id in ("in", "flat", "fc", "out")]
    expect(moved).to_be_visible()
    page.wait_for_function(
        "ids => new Set(ids.map(id => Math.round("
        "document.querySelector(`[data-node-id=${id}]`).getBoundingClientRect().left))).size === 1",
        arg=["in", "flat", "fc", "out"],
    )
    page.get_by_role("button", name="Tidy layout").click()
    drawing.saved()
    heights = [middle(node)[1] for node in nodes]
    assert heights == sorted(heights)


def test_what_is_wrong_is_listed_leads_to_its_node_and_is_mended_by_one_tap(drawing: DrawingPage):
    page = drawing.page
    select_edge(drawing, "in", "flat").click()
    expect(drawing.node("flat")).to_have_accessible_name("Flatten flat, output unknown")
    page.get_by_role("button", name=re.compile("problem")).first.click()
    problem = page.get_by_role("list", name="Problems").get_by_role("listitem").filter(has_text="flat").first
    problem.get_by_role("button").first.click()
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text("Flatten")
    page.get_by_role("button", name="Connect in to it").first.click()
    drawing.outputs("flat", "B × 64")


def test_nodes_are_coloured_by_what_they_cost(drawing: DrawingPage):
    page = drawing.page
    page.get_by_label("Colour nodes by").select_option("Parameters")
    expect(page.get_by_role("img", name=re.compile("to 650 at fc"))).to_be_visible()
    page.get_by_label("Colour nodes by").select_option("Memory")
    expect(page.get_by_role("img", name=re.compile("at fc"))).to_be_visible()


def test_totals_tell_memory_by_batch_and_precision_and_what_it_fits_on(drawing: DrawingPage):
    page = drawing.page
    page.get_by_role("button", name="Memory and GPUs").click()
    region = page.get_by_role("dialog", name="Memory and GPUs")
    for gpu in ("T4", "A10G", "A100", "H100"):
        expect(region).to_contain_text(gpu)
    before = region.inner_text()
    region.get_by_label("Batch").fill("4096")
    expect(region).not_to_have_text(before)


def test_every_shortcut_is_told(drawing: DrawingPage):
    page = drawing.page
    page.get_by_role("application", name="Canvas").focus()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Shortcuts")
    for told in ("Add a layer", "Undo", "Group into a Block", "Tidy layout", "To the node below"):
        expect(sheet.get_by_text(told, exact=True)).to_be_visible()


def test_two_fingers_move_and_enlarge_the_canvas(held: DrawingPage):
    before = held.node("fc").bounding_box()
    assert before
    held.page.get_by_role("button", name="Show all").tap()
    Fingers(held.page).pinch(middle(held.node("fc")), 200, 380)
    held.page.wait_for_function(
        "width => document.querySelector('[data-node-id=fc]').getBoundingClientRect().width > 1.3 * width",
        arg=before["width"],
    )
