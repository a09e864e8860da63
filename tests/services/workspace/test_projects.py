"""Projects over real gRPC: found by text and order, renamed, and what becomes of a name; and who people are."""

import asyncio
from collections.abc import Sequence

import grpc
import pytest

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, ProjectServiceStub
from tests.services.platform import Person, Platform


async def created(person: Person, *names: str) -> tuple[list[str], int]:
    """(ids, the last position) of new projects."""
    ids, position = [], 0
    for name in names:
        answer = await person.call(ProjectServiceStub, "CreateProject", api.CreateProjectRequest(name=name))
        ids.append(answer.project.id)
        position = answer.position
    return ids, position


async def listed(person: Person, after: int, **request: object) -> Sequence[str]:
    """The names of all pages."""
    names, token = [], ""
    while True:
        page = api.ListProjectsRequest(page_token=token, **request)  # type: ignore[arg-type]
        answer = await person.call(ProjectServiceStub, "ListProjects", page, after=after)
        names += [project.name for project in answer.projects]
        token = answer.next_page_token
        if not token:
            return names


async def rename(person: Person, id: str, name: str, key: str = "") -> api.RenameProjectResponse:
    request = api.RenameProjectRequest(project_id=id, name=name)
    answer: api.RenameProjectResponse = await person.call(ProjectServiceStub, "RenameProject", request, key=key)
    return answer


NAMES = ("banana", "Apple", "cherry", "apple pie", "Über 100%", "under_score", "back\\slash")
SORTED = ["Apple", "apple pie", "back\\slash", "banana", "cherry", "under_score", "Über 100%"]


async def test_projects_are_listed_by_name_whatever_its_case(ada: Person) -> None:
    _, position = await created(ada, *NAMES)
    for size in (1, 2, 3, 7, 0):
        assert await listed(ada, position, order_by="name", page_size=size) == SORTED
        assert await listed(ada, position, page_size=size) == list(reversed(NAMES))


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("APPLE", ["Apple", "apple pie"]),
        ("über", ["Über 100%"]),
        ("%", ["Über 100%"]),
        ("_", ["under_score"]),
        ("\\", ["back\\slash"]),
        ("nothing", []),
    ],
)
async def test_projects_are_found_by_text_in_their_name(ada: Person, query: str, finds: list[str]) -> None:
    _, position = await created(ada, *NAMES)
    assert await listed(ada, position, query=query, order_by="name", page_size=1) == finds


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (api.ListProjectsRequest(order_by="size"), "created_at desc, name"),
        (api.ListProjectsRequest(query="x" * 201), "201 characters; use at most 200"),
        (api.ListProjectsRequest(page_token="x"), "page_token"),
        (api.ListProjectsRequest(page_size=201), "page_size"),
    ],
)
async def test_rejected_lists_say_why(ada: Person, request_: api.ListProjectsRequest, field: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match=field) as error:
        await ada.call(ProjectServiceStub, "ListProjects", request_)
    assert error.value.code().name == "INVALID_ARGUMENT"


async def test_rejected_page_token_of_another_order(ada: Person) -> None:
    _, position = await created(ada, *NAMES)
    first = await ada.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(page_size=2), after=position)
    with pytest.raises(grpc.aio.AioRpcError, match="for this order"):
        request = api.ListProjectsRequest(order_by="name", page_token=first.next_page_token)
        await ada.call(ProjectServiceStub, "ListProjects", request)


async def test_a_renamed_project_is_called_so_everywhere_and_its_old_name_is_free(ada: Person) -> None:
    [id], _ = await created(ada, "before")
    answer = await rename(ada, id, " after ")
    assert (answer.project.id, answer.project.name) == (id, "after")
    assert await listed(ada, answer.position) == ["after"]
    got = await ada.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=id))
    assert got.project == answer.project
    _, position = await created(ada, "before")
    assert await listed(ada, position) == ["before", "after"]


async def test_rejected_rename_to_a_name_that_is_taken(ada: Person) -> None:
    [id, other], _ = await created(ada, "one", "two")
    with pytest.raises(grpc.aio.AioRpcError, match="'TWO' exists already") as error:
        await rename(ada, id, "TWO")
    assert error.value.code().name == "ALREADY_EXISTS"
    await rename(ada, other, "three")
    assert (await rename(ada, id, "TWO")).project.name == "TWO"


async def test_a_name_may_change_its_case_and_come_back(ada: Person) -> None:
    [id], _ = await created(ada, "vision")
    for name in ("Vision", "Vision", "other", "vision"):
        assert (await rename(ada, id, name)).project.name == name
    with pytest.raises(grpc.aio.AioRpcError, match="exists already"):
        await created(ada, "VISION")


async def test_racing_renames_to_one_name_have_one_winner(ada: Person) -> None:
    ids, _ = await created(ada, "a", "b", "c")
    answers = await asyncio.gather(*(rename(ada, id, "wanted") for id in ids), return_exceptions=True)
    assert sum(isinstance(answer, api.RenameProjectResponse) for answer in answers) == 1
    for answer in answers:
        if isinstance(answer, grpc.aio.AioRpcError):
            assert answer.code().name in ("ALREADY_EXISTS", "ABORTED")


async def test_a_repeated_rename_takes_effect_once(ada: Person) -> None:
    [id], _ = await created(ada, "one")
    first = await rename(ada, id, "two", key="k")
    await rename(ada, id, "three")
    await created(ada, "two")
    assert await rename(ada, id, "two", key="k") == first
    got = await ada.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=id))
    assert got.project.name == "three"


async def test_rejected_name_says_which_character_is_the_matter(ada: Person) -> None:
    for name, amiss in (("a\u200bb", "U\\+200B"), ("x" * 101, "this one has 101")):
        with pytest.raises(grpc.aio.AioRpcError, match=f"a project's name has 1 to 100 printable characters; {amiss}"):
            await created(ada, name)


async def test_a_project_of_another_tenant_cannot_be_renamed(workspace: Platform, ada: Person) -> None:
    [id], _ = await created(ada, "mine")
    eve = await workspace.person("eve")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await rename(eve, id, "hers")
    assert error.value.code().name == "NOT_FOUND"


async def people(person: Person, *ids: str) -> Sequence[api.Person]:
    answer = await person.call(AccountServiceStub, "BatchGetUsers", api.BatchGetUsersRequest(ids=ids))
    return list(answer.people)


async def test_people_are_named_to_those_of_their_organisation_only(workspace: Platform, ada: Person) -> None:
    eve = await workspace.person("eve")
    assert await people(ada, ada.id, eve.id, "nobody", ada.id) == [api.Person(id=ada.id, name="ada")]
    assert await people(ada) == []
    with pytest.raises(grpc.aio.AioRpcError, match="at most 100"):
        await people(ada, *map(str, range(101)))
