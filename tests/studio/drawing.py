"""The page where a network is drawn, as the people of the tests see and use it."""

import json
import re

from playwright.sync_api import Locator, Page, expect


class DrawingPage:
    def __init__(self, page: Page, architecture: str) -> None:
        self.page = page
        self._architecture = architecture

    def open(self) -> "DrawingPage":
        self.page.goto(f"/architectures/{self._architecture}")
        self.saved()
        return self

    def node(self, id: str) -> Locator:
        return self.page.locator(f"[data-node-id={json.dumps(id)}]")

    def saved(self) -> None:
        """Waits until the server has it all."""
        expect(self.page.get_by_text("Every change kept", exact=True)).to_be_visible()

    def kept(self) -> None:
        """Waits until it is told that edits wait for a connection."""
        expect(self.page.get_by_text("Offline: kept on this device")).to_be_visible()

    def setting(self, node: str, name: str) -> Locator:
        """The field of a node's setting, on a desk."""
        self.node(node).click()
        return self.page.get_by_role("complementary", name="Inspector").get_by_label(name, exact=True)

    def set(self, node: str, name: str, value: str) -> None:
        field = self.setting(node, name)
        field.fill(value)
        field.press("Enter")

    def outputs(self, node: str, shape: str) -> None:
        """Waits until a node is told to give this shape, as in `B × 10`."""
        expect(self.node(node)).to_have_accessible_name(re.compile(rf"output {re.escape(shape)}\b"))
