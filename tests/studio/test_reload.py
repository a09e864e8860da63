"""What the page calls saved is saved: it is reloaded at random moments right after."""

import random

from tests.studio.drawing import DrawingPage
from tests.studio.people import Person
from tests.studio.screens import Screens

ROUNDS = 6
LONGEST_MS = 40


def test_what_is_called_saved_outlives_a_reload(screens: Screens, ada: Person):
    moments = random.Random(7)
    architecture = ada.architecture("reloaded")
    drawing = DrawingPage(screens.page(session=ada.session()), architecture).open()
    for width in range(11, 11 + ROUNDS):
        drawing.set("fc", "out_features", str(width))
        drawing.saved()
        drawing.page.wait_for_timeout(moments.random() * LONGEST_MS)
        drawing.page.reload()
        node = ada.node(architecture, "fc")
        assert node
        assert node["config"]["out_features"] == width
        drawing.outputs("fc", f"B × {width}")
