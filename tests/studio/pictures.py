"""Takes the pictures of docs/studio: `python -m tests.studio.pictures`, of a platform that has run the demo.

Every page on a phone, a tablet and a desk, in light and dark; to be looked at, and kept small.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.studio.conftest import CHROMIUM, QUIET
from tests.studio.platform import CODE, platform
from tests.studio.screens import SCREENS

PICTURES = CODE / "docs" / "studio"
KEPT = {"phone": ("light", "dark"), "tablet": ("light",), "desk": ("light", "dark")}
MOST_PIXELS = {"phone": (780, 1688), "tablet": (820, 1180), "desk": (1440, 900)}
QUALITY = 72
EMAIL = "demo@example.com"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        password = demo(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        with platform(Path(folder)) as url:
            for screen, themes in KEPT.items():
                for theme in themes:
                    dark = theme == "dark"
                    context = browser.new_context(
                        **SCREENS[screen],
                        base_url=url,
                        color_scheme="dark" if dark else "light",
                        reduced_motion="reduce",
                        service_workers="block",
                    )
                    for name, page in pages(context.new_page(), password):
                        keep(page, f"{name}-{screen}-{theme}", screen)
                    context.close()
        browser.close()


def demo(folder: Path) -> str:
    """Run the demo in a folder; the password of its account."""
    environment = os.environ | {"NF_DATA_DIR": str(folder), "COLUMNS": "200"}
    command = [sys.executable, "-m", "cli", "demo"]
    said = subprocess.run(command, cwd=CODE, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r"password\s+(\S+)", said)
    assert found, said
    return found.group(1)


def pages(page: Page, password: str) -> Iterator[tuple[str, Page]]:
    """Each page with its name, when all is on it."""
    page.goto("/sign-in")
    yield "sign-in", settled(page)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Projects").wait_for()
    yield "projects", settled(page)
    page.get_by_role("link", name=re.compile("Handwritten digits")).first.click()
    page.wait_for_url("**/projects/*")
    yield "project", settled(page)
    project, architecture, run = page.url, address(page, "architectures"), address(page, "runs")
    for name, place in {
        "templates": f"{project}/templates",
        "editor": architecture,
        "versions": f"{architecture}/versions",
        "compare": f"{architecture}/compare?base=1&target=2",
        "source": f"{architecture}/source",
        "train": f"{architecture}/train",
        "run": run,
        "runs": f"{project}/runs",
        "export": f"{run}/export",
    }.items():
        page.goto(place)
        yield name, settled(page)


def address(page: Page, kind: str) -> str:
    """Where the first link to a thing of a kind leads."""
    links: list[str] = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return next(link for link in links if re.fullmatch(rf"/{kind}/\w+", link))


def settled(page: Page) -> Page:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    return page


def keep(page: Page, name: str, screen: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail(MOST_PIXELS[screen])
    picture.save(PICTURES / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
