"""The main job, from an empty page to a file in the hand: with a finger on a phone, with a mouse, with keys alone."""

import hashlib
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.studio.hands import Finger, Hands, Keyboard, Mouse
from tests.studio.people import PASSWORD
from tests.studio.screens import DESK, PHONE, Screens

TRAINING_MS = 120_000


def sign_up(page: Page, hands: Hands, email: str) -> None:
    page.goto("/")
    hands.press(page.get_by_role("link", name="Create an account"))
    hands.write(page.get_by_label("Name"), "Grace")
    hands.write(page.get_by_label("E-mail"), email)
    hands.write(page.get_by_label("Password", exact=True), PASSWORD)
    hands.press(page.get_by_role("button", name="Create account"))


def begin(page: Page, hands: Hands) -> None:
    """A project, and in it a network from a template."""
    hands.press(page.get_by_role("button", name="New project"))
    dialog = page.get_by_role("dialog")
    hands.write(dialog.get_by_label("Name"), "Digits")
    hands.press(dialog.get_by_role("button", name="Create"))
    hands.press(page.get_by_role("list", name="Templates").get_by_role("button", name="Digits, fully connected").first)
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Create"))
    expect(page.get_by_text("Every change kept", exact=True)).to_be_visible()


def save(page: Page, hands: Hands) -> None:
    expect(page.get_by_text("Every change kept", exact=True)).to_be_visible()
    hands.press(page.get_by_role("banner").get_by_role("button", name="Save version"))
    dialog = page.get_by_role("dialog")
    hands.write(dialog.get_by_label("Message"), "a wider one")
    hands.press(dialog.get_by_role("button", name="Save version"))
    expect(page.get_by_text("Saved version 1.", exact=True)).to_be_visible()


def train(page: Page, hands: Hands) -> None:
    hands.press(page.get_by_role("banner").get_by_role("link", name="Train"))
    hands.press(page.get_by_role("button", name="Make it"))
    expect(page.get_by_role("button", name="New data")).to_be_visible()  # the form has folded, and fields have moved
    hands.write(page.get_by_label("Epochs", exact=True), "3")
    hands.press(page.get_by_role("button", name="Train", exact=True))
    expect(page).to_have_url(re.compile("/runs/"))


def watch(page: Page) -> None:
    """Curves grow while it trains; in the end it says how good it is."""
    expect(page.get_by_role("region", name="Curves").get_by_role("slider").first).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("link", name="Export")).to_be_visible(timeout=TRAINING_MS)


def take_home(page: Page, hands: Hands) -> None:
    hands.press(page.get_by_role("link", name="Export"))
    hands.press(page.get_by_role("region", name="Formats").get_by_role("button", name=re.compile("^Export")).first)
    link = page.get_by_role("link", name=re.compile("^Download"))
    expect(link).to_be_visible(timeout=TRAINING_MS)
    told = page.locator("code").filter(has_text=re.compile("^[0-9a-f]{64}$")).inner_text()
    with page.expect_download() as waiting:
        hands.press(link)
    with waiting.value.path().open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == told


def whole_path(page: Page, hands: Hands, email: str, edit: Callable[[], None]) -> None:
    sign_up(page, hands, email)
    begin(page, hands)
    edit()
    save(page, hands)
    train(page, hands)
    watch(page)
    take_home(page, hands)


def added(page: Page) -> Locator:
    """The layer that the edit adds: the template has two of the kind."""
    return page.locator("[data-node-id='relu3']")


def linear(page: Page) -> Locator:
    """The first of the network's layers that can be made wider."""
    return page.locator("[data-node-id][aria-label^='Linear ']").first


def parameters(page: Page) -> str:
    return page.get_by_role("status", name="Totals").inner_text()


def test_with_a_finger(screens: Screens):
    page = screens.page(PHONE)
    hand = Finger(page)

    def edit() -> None:
        before = parameters(page)
        tools = page.get_by_role("toolbar", name="Editing")
        hand.press(tools.get_by_role("button", name="Add"))
        hand.press(page.get_by_role("button", name="ReLU", exact=True))
        expect(added(page)).to_be_visible()
        hand.press(page.get_by_role("button", name="Close add a layer"))
        hand.press(tools.get_by_role("button", name="Undo"))
        expect(added(page)).to_have_count(0)
        hand.press(page.get_by_role("button", name="Show all"))
        expect(linear(page)).to_be_visible()
        hand.fingers.pinch(hand.fingers.middle(linear(page)), 150, 330)
        hand.press(linear(page))
        hand.press(page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Settings"))
        hand.write(page.get_by_label("out_features", exact=True), "48")
        hand.press(page.get_by_role("button", name="Close inspector"))
        expect(page.get_by_role("status", name="Totals")).not_to_have_text(before)

    whole_path(page, hand, "finger@example.com", edit)


def test_with_the_mouse(screens: Screens):
    page = screens.page(DESK)
    hand = Mouse(page)

    def edit() -> None:
        before = parameters(page)
        page.get_by_role("button", name="ReLU", exact=True).drag_to(
            page.get_by_role("application", name="Canvas"), target_position={"x": 60, "y": 60}
        )
        expect(added(page)).to_be_visible()
        hand.press(page.get_by_role("button", name="Undo"))
        expect(added(page)).to_have_count(0)
        hand.press(page.get_by_role("button", name="Show all"))
        hand.press(linear(page))
        hand.write(page.get_by_label("out_features", exact=True), "48")
        hand.press(page.get_by_role("heading", level=1))
        expect(page.get_by_role("status", name="Totals")).not_to_have_text(before)

    whole_path(page, hand, "mouse@example.com", edit)


def test_with_the_keyboard(screens: Screens):
    page = screens.page(DESK)
    hand = Keyboard(page)

    def edit() -> None:
        before = parameters(page)
        hand.go(page.get_by_role("application", name="Canvas"))
        page.keyboard.press("/")
        page.keyboard.type("ReLU")
        page.keyboard.press("Enter")
        expect(added(page)).to_be_visible()
        page.keyboard.press("Control+Z")
        expect(added(page)).to_have_count(0)
        hand.walk(linear(page), "ArrowDown")
        hand.write(page.get_by_label("out_features", exact=True), "48")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status", name="Totals")).not_to_have_text(before)

    whole_path(page, hand, "keys@example.com", edit)
