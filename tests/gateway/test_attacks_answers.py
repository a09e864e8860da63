"""Documents within the limits that ask for much: what is given for variables and what is answered has bounds too."""

import httpx
import pytest
import pytest_asyncio

from gateway import answers, context
from kernel.client import Neighbours
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1.service_pb2_grpc import ProjectServiceStub
from tests.gateway.hostile import BODIES, body
from tests.gateway.test_attacks import post
from tests.gateway.web import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROJECTS = 30


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(passer_by: Visitor) -> Visitor:
    """Somebody with more projects than one."""
    await passer_by.register("ada")
    for number in range(PROJECTS):
        request = workspace.CreateProjectRequest(name=f"p{number}")
        token = passer_by.session["access_token"]
        await passer_by.platform.call(ProjectServiceStub, "CreateProject", request, token=token)
    await passer_by.ask("{ projects { nodes { id } } }")  # has the key of grants from here on
    return passer_by


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that go to services."""
    found: list[str] = []
    call = Neighbours.call

    async def counting(self: Neighbours, method: object, request: object, **named: object) -> object:
        found.append(type(request).__name__)
        return await call(self, method, request, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Neighbours, "call", counting)
    return found


def errors(answer: httpx.Response) -> list[str]:
    return [error["message"] for error in answer.json()["errors"]]


TOO_MUCH = "the fields are given more than 6200 values by variables; give fewer at once"
GIVEN = {
    "a long list of columns": TOO_MUCH,
    "a long list of wrong columns": TOO_MUCH,
    "one list of columns in many commands": TOO_MUCH,
    "one list of ids in many reads": TOO_MUCH,
    "a long list of ids": TOO_MUCH,
    "a long list of states": TOO_MUCH,
    "unknown input fields": TOO_MUCH,
    "a long BigInt": "a BigInt is a whole number of at most 63 bits",
    "a long moment": "Variable '$v' has invalid value",
    "a long enum": "Variable '$v' has invalid value",
    "a large number": "the body is not JSON",
    "a number that is infinite": "the body is not JSON",
    "deep JSON in a variable": "document cannot be written as JSON",
    "deep objects in a variable": "document cannot be written as JSON",
}


@pytest.mark.parametrize("name", GIVEN)
async def test_variables_that_cannot_be_are_a_few_short_errors(owner: Visitor, calls: list[str], name: str) -> None:
    answer = await post(owner, BODIES[name])
    assert answer.status_code in (200, 400)
    found = errors(answer)
    assert GIVEN[name] in found[0]
    assert len(found) <= 6
    assert all(len(message) <= answers.MOST_MESSAGE + 3 for message in found)
    assert not calls


async def test_pages_of_one_request_have_so_many_rows_together(owner: Visitor, calls: list[str]) -> None:
    asked = " ".join(f'a{n}:projects(first:200 query:"{n}"){{nextPageToken}}' for n in range(30))
    calls.clear()
    assert (
        "the request asks for more than 1000 rows in all its pages; ask for smaller pages"
        in errors(await post(owner, body(f"{{{asked}}}")))[0]
    )
    assert len(calls) <= 1  # of those that were allowed, if they went out at all


async def test_a_negative_page_does_not_make_room_for_others(owner: Visitor, calls: list[str]) -> None:
    asked = " ".join(f'a{n}:projects(first:{-1000 if n < 6 else 200} query:"{n}"){{nextPageToken}}' for n in range(30))
    assert "more than 1000 rows" in str(errors(await post(owner, body(f"{{{asked}}}"))))
    assert len(calls) <= 1  # of those that were allowed, if they went out at all


async def test_one_request_reads_so_many_things(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_READS", 5)
    found = errors(await post(owner, BODIES["different reads"]))
    assert len(found) == answers.MOST_ERRORS + 1
    assert found[:5] == ["the request reads more than 5 things one by one; ask for a smaller page"] * 5
    assert found[-1] == "10 more errors are left out; mend these first"


async def test_the_same_read_goes_out_once(owner: Visitor, calls: list[str]) -> None:
    answer = await post(owner, BODIES["lists of pages"].replace(b"first:200", b"first:1"))
    assert "errors" not in answer.json()
    assert calls == ["ListProjectsRequest"]


async def test_an_answer_has_so_many_values(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers.BoundedExecutor, "most", 200)
    few = await post(owner, body("{projects(first:30){nodes{id name}}}"))
    assert len(few.json()["data"]["projects"]["nodes"]) == PROJECTS
    many = await post(owner, body("{projects(first:30){nodes{id name visibility createdAt createdBy __typename}}}"))
    assert many.json()["data"] is None
    assert errors(many) == ["the answer has more than 200 values; ask for fewer fields or a smaller page"]
