"""Organisations, invitations, sharing and keys as the web client meets them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.gateway.web import CLIENT, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSED = "... on Refusal { code message field }"
CREATE_ORGANISATION = f"""mutation ($name: String!) {{ createOrganisation(name: $name) {{
    ... on Organisation {{ id role personal }} {REFUSED} }} }}"""
INVITE = f"""mutation ($email: String!, $role: Role!) {{ createInvitation(email: $email, role: $role) {{
    ... on SentInvitation {{ token mailed invitation {{ id email role }} }} {REFUSED} }} }}"""
ACCEPT = f"""mutation ($token: String!) {{ acceptInvitation(token: $token) {{
    ... on Organisation {{ id name role }} {REFUSED} }} }}"""
OFFER = """query ($token: String!) { invitation(token: $token) {
    organisationName inviter invitation { email role expiresAt } } }"""
MEMBERS = "{ members { nodes { id name email role } nextPageToken } }"
ORGANISATIONS = "{ organisations { name role personal } }"
CREATE_PROJECT = 'mutation { createProject(name: "vision") { ... on Project { id } } }'
SHOW = f"""mutation ($id: ID!, $to: Visibility!) {{ setProjectVisibility(id: $id, visibility: $to) {{
    ... on Project {{ visibility }} {REFUSED} }} }}"""
SHARE = f"""mutation ($id: ID!) {{ createShareLink(projectId: $id, label: "jury", days: 7) {{
    ... on CreatedShareLink {{ token link {{ id label }} }} {REFUSED} }} }}"""
LINKS = "query ($id: ID!) { shareLinks(projectId: $id) { id label } }"
CREATE_KEY = f"""mutation ($role: Role!, $project: ID) {{ createApiKey(name: "ci", role: $role, projectId: $project) {{
    ... on CreatedApiKey {{ secret apiKey {{ id role projectId expiresAt lastUsedAt }} }} {REFUSED} }} }}"""
KEYS = "{ apiKeys { id name lastUsedAt } }"
PROJECTS = "{ projects { nodes { id visibility } } }"


@pytest_asyncio.fixture(loop_scope="module")
async def ada(passer_by: Visitor) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(base_url=passer_by.base, timeout=30, trust_env=False) as client:
        visitor = Visitor(passer_by.base, client)
        await visitor.register("ada")
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def bob(passer_by: Visitor) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(base_url=passer_by.base, timeout=30, trust_env=False) as client:
        visitor = Visitor(passer_by.base, client)
        await visitor.register("bob")
        yield visitor


async def switch(visitor: Visitor, organisation_id: str) -> httpx.Response:
    answer = await visitor.post("/auth/refresh", {"organisation_id": organisation_id}, **CLIENT)
    if answer.status_code == 200:
        visitor.session = answer.json()
    return answer


async def do(visitor: Visitor, mutation: str, **variables: Any) -> dict[str, Any]:
    """What the only field of a mutation answers."""
    [answer] = (await visitor.ask(mutation, **variables)).values()
    result: dict[str, Any] = answer
    return result


async def acme(visitor: Visitor) -> str:
    """The id of a new organisation, which the visitor now works in."""
    made = await do(visitor, CREATE_ORGANISATION, name="Acme")
    assert (made["role"], made["personal"]) == ("OWNER", False)
    assert (await switch(visitor, made["id"])).json()["organisation"] == {"id": made["id"], "name": "Acme"}
    id: str = made["id"]
    return id


async def exchanged(visitor: Visitor, **credential: str) -> Visitor:
    """Whoever has the credential, without a session."""
    answer = await visitor.post("/auth/exchange", credential)
    assert answer.status_code == 200, answer.text
    return Visitor(visitor.base, visitor.http, answer.json())


async def test_a_team_comes_together(ada: Visitor, bob: Visitor, passer_by: Visitor) -> None:
    id = await acme(ada)
    sent = await do(ada, INVITE, email=bob.session["user"]["email"], role="MEMBER")
    assert sent["mailed"]
    offer = await do(passer_by, OFFER, token=sent["token"])
    assert (offer["organisationName"], offer["inviter"], offer["invitation"]["role"]) == ("Acme", "ada", "MEMBER")
    assert (await ada.ask("{ invitations { email } }"))["invitations"] == [{"email": bob.session["user"]["email"]}]
    assert (await do(bob, ACCEPT, token=sent["token"]))["role"] == "MEMBER"
    assert [each["name"] for each in (await bob.ask(ORGANISATIONS))["organisations"]][1:] == ["Acme"]
    assert (await switch(bob, id)).status_code == 200
    members = (await bob.ask(MEMBERS))["members"]["nodes"]
    assert [(each["name"], each["email"], each["role"]) for each in members] == [
        ("ada", None, "OWNER"),
        ("bob", None, "MEMBER"),
    ]
    change = (
        f"mutation ($id: ID!) {{ changeMemberRole(id: $id, role: ADMIN) {{ ... on Member {{ role }} {REFUSED} }} }}"
    )
    assert await do(ada, change, id=members[1]["id"]) == {"role": "ADMIN"}
    remove = f"mutation ($id: ID!) {{ removeMember(id: $id) {{ ... on Ended {{ id }} {REFUSED} }} }}"
    assert await do(ada, remove, id=members[1]["id"]) == {"id": members[1]["id"]}
    refused = await switch(bob, id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "NOT_A_MEMBER")
    assert (await switch(bob, "")).json()["organisation"]["id"] == bob.session["organisation"]["id"]


async def test_refusals_say_why(ada: Visitor, bob: Visitor) -> None:
    await acme(ada)
    leave = f"mutation {{ leaveOrganisation {{ ... on Ended {{ id }} {REFUSED} }} }}"
    assert "make somebody else an owner first" in (await do(ada, leave))["message"]
    sent = await do(ada, INVITE, email="somebody@example.com", role="VIEWER")
    assert (await do(bob, ACCEPT, token=sent["token"]))["code"] == "ANOTHER_ADDRESS"
    assert (await do(ada, INVITE, email="somebody@example.com", role="VIEWER"))["field"] == "email"
    answer = (await bob.send(OFFER, {"token": "nothing"})).json()
    assert answer["data"]["invitation"] is None
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_an_invitation_is_declined_by_whoever_has_it(ada: Visitor, passer_by: Visitor) -> None:
    await acme(ada)
    sent = await do(ada, INVITE, email="somebody@example.com", role="VIEWER")
    decline = f"mutation ($token: String!) {{ declineInvitation(token: $token) {{ ... on Ended {{ id }} {REFUSED} }} }}"
    assert await do(passer_by, decline, token=sent["token"]) == {"id": sent["invitation"]["id"]}
    assert (await do(passer_by, decline, token=sent["token"]))["code"] == "NOT_FOUND"
    assert (await do(passer_by, decline, token="x"))["code"] == "NOT_FOUND"


async def test_a_shared_project_is_seen_and_not_touched(ada: Visitor) -> None:
    id = (await do(ada, CREATE_PROJECT))["id"]
    made = await do(ada, SHARE, id=id)
    assert (await ada.ask(LINKS, id=id))["shareLinks"] == [made["link"]]
    guest = await exchanged(ada, share_link=made["token"])
    assert (guest.session["project"], guest.session["role"], guest.session["user"]) == ({"id": id}, "viewer", None)
    assert "refresh_token" not in guest.session
    assert [each["id"] for each in (await guest.ask(PROJECTS))["projects"]["nodes"]] == [id]
    assert (await do(guest, SHOW, id=id, to="PUBLIC"))["code"] == "DENIED"
    revoke = f"mutation ($id: ID!) {{ revokeShareLink(id: $id) {{ ... on Ended {{ id }} {REFUSED} }} }}"
    assert await do(ada, revoke, id=made["link"]["id"]) == {"id": made["link"]["id"]}
    ended = await ada.post("/auth/exchange", {"share_link": made["token"]})
    assert (ended.status_code, ended.json()["error"]["code"]) == (401, "LINK_ENDED")


async def test_a_public_project_opens_to_anybody(ada: Visitor) -> None:
    id = (await do(ada, CREATE_PROJECT))["id"]
    closed = await ada.post("/auth/exchange", {"public_project": id})
    assert (closed.status_code, closed.json()["error"]["code"]) == (401, "NOT_PUBLIC")
    assert await do(ada, SHOW, id=id, to="PUBLIC") == {"visibility": "PUBLIC"}
    await ada.ask(PROJECTS)  # waits for what she wrote; nobody's reads wait for others
    nodes = (await (await exchanged(ada, public_project=id)).ask(PROJECTS))["projects"]["nodes"]
    assert nodes == [{"id": id, "visibility": "PUBLIC"}]


async def test_a_program_acts_by_its_key(ada: Visitor) -> None:
    id = (await do(ada, CREATE_PROJECT))["id"]
    made = await do(ada, CREATE_KEY, role="MEMBER", project=id)
    assert made["apiKey"] == {
        "id": made["apiKey"]["id"],
        "role": "MEMBER",
        "projectId": id,
        "expiresAt": None,
        "lastUsedAt": None,
    }
    program = await exchanged(ada, api_key=made["secret"])
    assert program.session["user"]["id"] == ada.session["user"]["id"]
    assert program.session["role"] == "member"
    assert len((await program.ask(PROJECTS))["projects"]["nodes"]) == 1
    refused = (await program.send(KEYS)).json()
    assert refused["errors"][0]["extensions"]["code"] == "DENIED"
    assert [each["id"] for each in (await ada.ask(KEYS))["apiKeys"]] == [made["apiKey"]["id"]]
    revoke = f"mutation ($id: ID!) {{ revokeApiKey(id: $id) {{ ... on Ended {{ id }} {REFUSED} }} }}"
    await do(ada, revoke, id=made["apiKey"]["id"])
    assert (await ada.ask(KEYS))["apiKeys"] == []
    ended = await ada.post("/auth/exchange", {"api_key": made["secret"]})
    assert (ended.status_code, ended.json()["error"]["code"]) == (401, "KEY_ENDED")


@pytest.mark.parametrize("body", [{}, {"api_key": ""}, {"api_key": "a", "share_link": "b"}, {"token": "a"}])
async def test_exactly_one_credential_is_taken(passer_by: Visitor, body: dict[str, str]) -> None:
    answer = await passer_by.post("/auth/exchange", body)
    assert answer.status_code == 400
    assert "exactly one of api_key, share_link, public_project" in answer.json()["error"]["message"]


async def test_an_exchange_sets_no_cookie_and_is_not_kept(ada: Visitor) -> None:
    made = await do(ada, CREATE_KEY, role="VIEWER")
    answer = await ada.post("/auth/exchange", {"api_key": made["secret"]})
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert 200 < answer.json()["expires_in"] <= 300
