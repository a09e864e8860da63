"""Runs after they were trained: what a page of one tells, and the table in which many are found and compared."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.studio.people import Person
from tests.studio.screens import DESK, PHONE, Kind, Screens


@pytest.fixture(scope="module")
def trained(ada: Person) -> tuple[str, str]:
    """Two runs that are over, of one architecture."""
    architecture, dataset = ada.architecture("trained"), ada.dataset()
    ada.version(architecture)
    short, long = ada.run(architecture, dataset, 2), ada.run(architecture, dataset, 4)
    ada.completed(short)
    ada.completed(long)
    return short, long


def opened(screens: Screens, ada: Person, path: str, kind: Kind = DESK) -> Page:
    page = screens.page(kind, ada.session())
    page.goto(path)
    return page


def test_curves_are_smoothed_and_put_on_a_log_scale(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/runs/{trained[1]}")
    curves = page.get_by_role("region", name="Curves")
    loss = curves.get_by_role("region", name="Loss")
    expect(loss.get_by_role("slider").first).to_be_visible()
    curves.get_by_label("Smoothing").focus()
    page.keyboard.press("ArrowRight")
    expect(curves.get_by_text(re.compile(r"over \d+ points"))).to_be_visible()
    scale = loss.get_by_role("button", name=re.compile("log", re.I))
    scale.click()
    expect(scale).to_have_attribute("aria-pressed", "true")
    line = loss.get_by_role("list", name="Lines").get_by_role("button").first
    line.click()
    expect(line).to_have_attribute("aria-pressed", "false")


def test_the_log_is_searched(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/runs/{trained[1]}")
    log = page.get_by_role("log", name="Log lines")
    expect(log).to_contain_text("completed after step")
    page.get_by_label("Search the log").fill("completed after")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    page.get_by_label("Search the log").fill("nothing says this")
    expect(page.get_by_text("no match", exact=True)).to_be_visible()


def test_what_it_learned_is_told_class_by_class(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/runs/{trained[1]}")
    confusion = page.get_by_role("table", name=re.compile("Rows are what samples are"))
    expect(confusion.get_by_role("row")).to_have_count(11)
    counts = confusion.inner_text()
    page.get_by_role("button", name="As shares").click()
    expect(confusion).not_to_have_text(counts, use_inner_text=True)
    classes = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name=re.compile("Recall", re.I)))
    expect(classes.get_by_role("row")).to_have_count(11)
    page.get_by_role("columnheader", name=re.compile("Recall", re.I)).get_by_role("button").click()
    expect(classes.locator("[aria-sort='ascending'], [aria-sort='descending']")).to_have_count(1)


def test_checkpoints_and_what_reproduces_it_are_taken_home(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/runs/{trained[1]}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("safetensors")).first.click()
    assert Path(waiting.value.path()).stat().st_size > 650 * 4
    page.get_by_role("button", name="Show what is needed").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).first.click()
    record = json.loads(Path(waiting.value.path()).read_text())
    assert "torch" in json.dumps(record)


def test_a_run_is_cancelled_from_its_page(screens: Screens, ada: Person):
    architecture = ada.architecture("cancelled")
    ada.version(architecture)
    page = opened(screens, ada, f"/runs/{ada.run(architecture, ada.dataset(), 10_000)}")
    page.get_by_role("button", name="Cancel run").click()
    dialog = page.get_by_role("dialog", name="Cancel this run?")
    dialog.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible(timeout=60_000)


def test_runs_are_found_ordered_and_compared(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/projects/{ada.project}/runs")
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    expect(rows.filter(has_text="trained")).to_have_count(2)
    page.get_by_label("Architecture").select_option("trained")
    expect(rows).to_have_count(2)
    for row in range(2):
        rows.nth(row).get_by_role("checkbox").check()
    page.get_by_role("columnheader", name=re.compile("^Device time")).get_by_role("button").click()
    expect(page.get_by_role("columnheader", name=re.compile("^Device time"))).to_have_attribute(
        "aria-sort", re.compile("ending")
    )
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Compare runs", level=1)).to_be_visible()
    lines = page.get_by_role("list", name="Lines").first
    expect(lines.get_by_role("listitem")).to_have_count(2)
    metric = page.get_by_label("Metric")
    metric.select_option(index=metric.locator("option").count() - 1)
    expect(lines.get_by_role("listitem")).to_have_count(2)


def test_a_phone_has_runs_as_cards(screens: Screens, ada: Person, trained: tuple[str, str]):
    page = opened(screens, ada, f"/projects/{ada.project}/runs?architecture=", PHONE)
    expect(page.get_by_role("list", name="Runs").get_by_role("listitem").first).to_be_visible()
    page.get_by_label("Order").select_option("By test")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"/runs/{trained[1]}")
    expect(page.get_by_role("region", name="Curves")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
