"""Projects and people as the web client meets them."""

from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor

CREATE = "mutation ($name: String!) { createProject(name: $name) { ... on Project { id } } }"
RENAME = """mutation ($id: ID!, $name: String!) { renameProject(id: $id, name: $name) {
    __typename ... on Project { id name } ... on Refusal { code field message } } }"""
PROJECTS = """query ($text: String! = "", $by: ProjectOrder! = NEWEST, $after: String! = "") {
    projects(query: $text, orderBy: $by, first: 2, after: $after) { nodes { name } nextPageToken } }"""


async def create(visitor: Visitor, *names: str) -> list[str]:
    return [(await visitor.ask(CREATE, name=name))["createProject"]["id"] for name in names]


async def names(visitor: Visitor, **variables: str) -> list[str]:
    """Of all pages."""
    found, after = [], ""
    while after is not None:
        page = (await visitor.ask(PROJECTS, after=after, **variables))["projects"]
        found += [each["name"] for each in page["nodes"]]
        after = page["nextPageToken"]
    return found


async def test_projects_are_searched_and_ordered(ada: Visitor) -> None:
    await create(ada, "b", "A", "bc", "d")
    assert await names(ada) == ["d", "bc", "A", "b"]
    assert await names(ada, by="NAME") == ["A", "b", "bc", "d"]
    assert await names(ada, by="NAME", text="B") == ["b", "bc"]


async def test_a_project_is_renamed_and_read_so_at_once(ada: Visitor) -> None:
    id, _ = await create(ada, "one", "two")
    renamed = (await ada.ask(RENAME, id=id, name="three"))["renameProject"]
    assert renamed == {"__typename": "Project", "id": id, "name": "three"}
    assert await names(ada) == ["two", "three"]
    refused = (await ada.ask(RENAME, id=id, name="Two"))["renameProject"]
    assert refused["__typename"] == "Refusal"
    assert (refused["code"], refused["field"]) == ("ALREADY_EXISTS", "name")


async def test_people_of_the_organisation_have_names(opened: Opened) -> None:
    async with opened() as visitor:
        await visitor.register("eve")
        eve = (await visitor.ask("{ me { user { id } } }"))["me"]["user"]["id"]
        await visitor.register("ada")
        ada = (await visitor.ask("{ me { user { id } } }"))["me"]["user"]["id"]
        people = "query ($ids: [ID!]!) { people(ids: $ids) { id name } }"
        assert (await visitor.ask(people, ids=[eve, ada, "x"]))["people"] == [{"id": ada, "name": "ada"}]
