"""A connection that goes and comes: drawing and checking go on, nothing is lost, a run's curve catches up."""

from playwright.sync_api import expect

from tests.studio.drawing import DrawingPage
from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Screens, Troubles
from tests.studio.test_offline import installed

AWAY = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "ERR_FAILED")


def test_drawing_goes_on_without_a_connection(screens: Screens, ada: Person, troubles: Troubles):
    troubles.provoke(*AWAY)
    architecture = ada.architecture("drawn on a train")
    context = screens.context(DESK, ada.session(), workers=True)
    drawing = DrawingPage(context.new_page(), architecture).open()
    installed(drawing.page)
    totals = drawing.page.get_by_role("status", name="Totals")
    expect(totals).to_contain_text("650")

    context.set_offline(True)
    drawing.set("fc", "out_features", "20")
    expect(totals).to_contain_text("1.3 K")
    drawing.outputs("fc", "B × 20")
    drawing.kept()
    drawing.setting("fc", "bias").click()
    expect(totals).to_contain_text("1.28 K")

    drawing.page.reload()
    drawing.outputs("fc", "B × 20")
    expect(totals).to_contain_text("1.28 K")
    drawing.kept()

    context.set_offline(False)
    drawing.saved()
    node = ada.node(architecture, "fc")
    assert node
    assert node["config"] == {"out_features": 20, "bias": False}


def test_a_run_is_caught_up_with(screens: Screens, ada: Person, troubles: Troubles):
    troubles.provoke(*AWAY)
    architecture = ada.architecture("watched")
    ada.version(architecture)
    run = ada.run(architecture, ada.dataset(), epochs=12)
    context = screens.context(PHONE, ada.session())
    page = context.new_page()
    page.goto(f"/runs/{run}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.set_offline(True)
    ada.completed(run)
    context.set_offline(False)
    expect(page.get_by_text("Completed").first).to_be_visible()
    expect(page.get_by_role("region", name="Curves")).to_contain_text("12")
