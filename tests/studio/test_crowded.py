"""Many nodes seen from afar are drawn with much less; what people do with them is the same."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.studio.drawing import DrawingPage
from tests.studio.people import Json, Person
from tests.studio.screens import DESK, Screens

ROWS, COLUMNS = 25, 8
NODES = ROWS * COLUMNS
ASIDE = "n30"
PORTS = re.compile("^(Input in|Output out) of ")


def snake() -> Json:
    """A chain in columns, so large that all of it is seen from afar only."""
    nodes: list[Json] = [
        {"id": f"n{at}", "type": "ReLU", "position": {"x": 256 * (at // ROWS), "y": 96 * (at % ROWS)}}
        for at in range(NODES)
    ]
    nodes[0] |= {"type": "Input", "config": {"shape": ["B", 8]}}
    nodes[-1] |= {"type": "Output"}
    edges = [{"source": f"n{at}", "target": f"n{at + 1}"} for at in range(NODES - 1)]
    return {"schema": "neuralforge.blueprint/1", "name": "snake", "nodes": nodes, "edges": edges}


@pytest.fixture
def crowded(screens: Screens, ada: Person) -> DrawingPage:
    """All of it in view."""
    page = screens.page(DESK, ada.session())
    drawing = DrawingPage(page, ada.architecture("crowded", snake())).open()
    expect(drawing.node("n0")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("[data-crowded]")).to_be_visible()
    return drawing


def ports(page: Page) -> Locator:
    return page.get_by_role("button", name=PORTS)


def lines(page: Page) -> int:
    """How many edges are drawn, in however few paths."""
    paths = "paths => paths.map(path => path.getAttribute('d')).join('').split('M').length - 1"
    drawn: int = page.locator("[data-crowded] path.react-flow__edge-path").evaluate_all(paths)
    return drawn


def test_nodes_keep_their_names_and_edges_are_drawn_in_a_few_paths(crowded: DrawingPage):
    page = crowded.page
    expect(page.locator("[data-node-id]")).to_have_count(NODES)
    crowded.outputs(ASIDE, "B × 8")
    expect(crowded.node(ASIDE)).to_have_accessible_name(re.compile(f"^ReLU {ASIDE}, "))
    expect(ports(page)).to_have_count(0)
    assert lines(page) == NODES - 1
    assert page.locator("[data-crowded] path.react-flow__edge-path").count() < 10


def test_a_node_is_selected_and_dragged(crowded: DrawingPage, ada: Person):
    page, node = crowded.page, crowded.node(ASIDE)
    node.click()
    expect(node).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("article", name=f"ReLU {ASIDE}")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("[data-crowded]")).to_be_visible()
    box = node.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 10, steps=4)
    page.mouse.move(x + 40, y + 20, steps=4)
    page.mouse.up()
    crowded.saved()
    moved = ada.node(page.url.rpartition("/")[2], ASIDE)
    assert moved
    assert moved["position"]["x"] > 256
    assert moved["position"]["y"] > 96 * 5
    assert lines(page) == NODES - 1


def test_ports_are_there_again_from_nearby(crowded: DrawingPage):
    page = crowded.page
    for _ in range(8):
        page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("[data-crowded]")).to_have_count(0)
    expect(ports(page).first).to_be_visible()


def test_a_long_network_in_one_column_is_seen_as_a_whole(screens: Screens, ada: Person):
    document = snake()
    for at, node in enumerate(document["nodes"]):
        node["position"] = {"x": 0, "y": 480 * at}
    page = screens.page(DESK, ada.session())
    drawing = DrawingPage(page, ada.architecture("long", document)).open()
    expect(drawing.node("n0")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("[data-node-id]")).to_have_count(NODES)
    for end in ("n0", f"n{NODES - 1}"):
        expect(drawing.node(end)).to_be_in_viewport()
