"""The time line of an architecture, its name, and how soon another tab hears of both."""

import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import pytest

from tests.gateway.conftest import Opened
from tests.gateway.web import Socket, Visitor

CREATE = """mutation ($project: ID!) { createArchitecture(projectId: $project) {
    ... on Architecture { id name revision document } } }"""
RENAME = """mutation ($id: ID!, $name: String!) { renameArchitecture(id: $id, name: $name) {
    __typename ... on Architecture { name revision document } ... on Refusal { code field } } }"""
EDIT = """mutation ($id: ID!, $edits: JSON!) { applyEdits(architectureId: $id, edits: $edits) {
    __typename ... on Architecture { revision } } }"""
REVISIONS = """query ($id: ID!, $after: String! = "") { revisions(architectureId: $id, first: 2, after: $after) {
    nodes { revision at author summary edits savedVersion { number message } } nextPageToken } }"""
WATCH = """subscription ($id: ID!) { architectureEdits(architectureId: $id) {
    __typename ... on Architecture { name } ... on EditsApplied { revision } } }"""
INPUT = {"op": "add_node", "node": {"id": "in", "type": "Input", "config": {"shape": ["B", 8]}}}
OUTPUT = {"op": "add_node", "node": {"id": "out", "type": "Output"}}
CONNECT = {"op": "connect", "edge": {"source": "in", "target": "out"}}
MOST_SECONDS = 0.3


@pytest.fixture
async def drawer(opened: Opened) -> AsyncIterator[Visitor]:
    async with opened("graph") as visitor:
        await visitor.register("ada")
        yield visitor


async def empty_page(visitor: Visitor) -> dict[str, Any]:
    created = await visitor.ask('mutation { createProject(name: "vision") { ... on Project { id } } }')
    architecture: dict[str, Any] = (await visitor.ask(CREATE, project=created["createProject"]["id"]))[
        "createArchitecture"
    ]
    return architecture


async def test_an_empty_page_is_drawn_on_and_its_time_line_told(drawer: Visitor) -> None:
    page = await empty_page(drawer)
    assert (page["name"], page["document"]["nodes"]) == ("untitled", [])
    for batch in ([INPUT, OUTPUT], [CONNECT]):
        await drawer.ask(EDIT, id=page["id"], edits=batch)
    save = 'mutation ($id: ID!) { saveVersion(architectureId: $id, message: "whole") { ... on Version { number } } }'
    await drawer.ask(save, id=page["id"])
    found = (await drawer.ask(REVISIONS, id=page["id"]))["revisions"]
    assert [(each["revision"], each["summary"], each["savedVersion"]) for each in found["nodes"]] == [
        ("3", "connected in to out", {"number": 1, "message": "whole"}),
        ("2", "added 2 nodes", None),
    ]
    assert [edit["op"] for edit in found["nodes"][1]["edits"]] == ["add_node", "add_node"]
    rest = (await drawer.ask(REVISIONS, id=page["id"], after=found["nextPageToken"]))["revisions"]
    assert [(each["revision"], each["summary"], each["edits"]) for each in rest["nodes"]] == [("1", "created", [])]
    assert rest["nextPageToken"] is None


async def test_a_renamed_architecture_is_told_to_other_tabs(drawer: Visitor) -> None:
    id = (await empty_page(drawer))["id"]
    async with drawer.connected() as socket:
        await socket.subscribe("s", WATCH, id=id)
        assert await update(socket) == {"__typename": "Architecture", "name": "untitled"}
        renamed = (await drawer.ask(RENAME, id=id, name="tiny"))["renameArchitecture"]
        assert (renamed["name"], renamed["revision"], renamed["document"]["name"]) == ("tiny", "1", "tiny")
        assert await update(socket) == {"__typename": "Architecture", "name": "tiny"}
    refused = (await drawer.ask(RENAME, id=id, name=""))["renameArchitecture"]
    assert (refused["code"], refused["field"]) == ("REJECTED", "name")


async def test_edits_reach_another_tab_soon_after_their_answer(drawer: Visitor) -> None:
    id, delays = (await empty_page(drawer))["id"], []
    await drawer.ask(EDIT, id=id, edits=[INPUT])
    async with drawer.connected() as socket:
        await socket.subscribe("s", WATCH, id=id)
        await update(socket)
        for x in range(9):
            move = {"op": "move_node", "id": "in", "position": {"x": x, "y": 0}}
            await drawer.ask(EDIT, id=id, edits=[move])
            answered = time.monotonic()
            assert (await update(socket))["revision"] == str(x + 3)
            delays.append(time.monotonic() - answered)
    print("milliseconds from answer to update:", [round(1000 * delay, 1) for delay in delays])
    assert median(delays) < MOST_SECONDS


async def update(socket: Socket) -> dict[str, Any]:
    message: dict[str, Any] = (await socket.next())["payload"]["data"]["architectureEdits"]
    return message
