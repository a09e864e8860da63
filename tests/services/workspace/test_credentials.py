"""Share links and API keys as pure decisions: what they may be made for, and when they open nothing any more."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.clock import timestamp
from kernel.errors import Denied, DomainError, NotFound, Rejected, Unauthenticated
from kernel.grants import PERSONS, Grant
from neuralforge.workspace.v1.events_pb2 import MemberAdded, MemberRemoved, MemberRoleChanged, OrganisationCreated
from services.workspace import api_keys, organisations, share_links, tokens
from services.workspace.api_keys import ApiKey
from services.workspace.organisations import Organisation
from services.workspace.projects import Project
from services.workspace.share_links import ShareLink

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VIEWER, MEMBER, ADMIN, OWNER = PERSONS
HOUR = timedelta(hours=1)


def acme(role: int = MEMBER, since: datetime = NOW - HOUR) -> Organisation:
    state = organisations.evolve(Organisation(), OrganisationCreated(organisation_id="acme", name="Acme"))
    return organisations.evolve(state, MemberAdded(user_id="ada", role=role, at=timestamp(since)))  # type: ignore[arg-type]


def key(role: int = MEMBER, days: int = 0, organisation: Organisation | None = None) -> ApiKey:
    made = api_keys.create(organisation or acme(), "ada", "k1", "ci", role, "", days, "secret", NOW)
    return api_keys.evolve(ApiKey(), made)


def link(days: int = 7) -> ShareLink:
    caller = Grant("ada", "acme", MEMBER, 0)
    return share_links.evolve(ShareLink(), share_links.create("l1", "p", "jury", days, "secret", caller, NOW))


def test_a_key_gives_the_least_of_its_role_and_the_present_one() -> None:
    organisation = acme(ADMIN)
    assert api_keys.require_usable(key(MEMBER, organisation=organisation), "secret", organisation, NOW) == MEMBER
    demoted = organisations.evolve(organisation, MemberRoleChanged(user_id="ada", role=VIEWER))
    assert api_keys.require_usable(key(MEMBER, organisation=organisation), "secret", demoted, NOW) == VIEWER


@pytest.mark.parametrize(
    ("role", "days", "error"), [(ADMIN, 0, Denied), (MEMBER, 367, Rejected), (MEMBER, -1, Rejected)]
)
def test_rejected_keys(role: int, days: int, error: type[DomainError]) -> None:
    with pytest.raises(error):
        key(role, days)


def test_a_key_ends_by_time_by_being_revoked_and_with_its_person() -> None:
    found, organisation = key(days=1), acme()
    api_keys.require_usable(found, "secret", organisation, NOW + 23 * HOUR)
    removed = organisations.evolve(organisation, MemberRemoved(user_id="ada"))
    back = organisations.evolve(removed, MemberAdded(user_id="ada", role=OWNER, at=timestamp(NOW + HOUR)))
    [revoked] = api_keys.revoke(found, "acme", "ada", False, NOW)
    for state, members, now, secret, says in (
        (found, organisation, NOW, "another", "no such API key"),
        (ApiKey(), organisation, NOW, "", "no such API key"),
        (found, organisation, NOW + 24 * HOUR, "secret", "expired or was revoked"),
        (api_keys.evolve(found, revoked), organisation, NOW, "secret", "expired or was revoked"),
        (found, removed, NOW, "secret", "not a member"),
        (found, back, NOW + 2 * HOUR, "secret", "not a member"),
    ):
        with pytest.raises(Unauthenticated, match=says):
            api_keys.require_usable(state, secret, members, now)


def test_the_use_of_a_key_is_written_once_an_hour() -> None:
    state, written = key(), 0
    for minute in range(0, 180, 7):
        for event in api_keys.used(state, NOW + timedelta(minutes=minute)):
            state, written = api_keys.evolve(state, event), written + 1
    assert written == 3


def test_keys_are_revoked_by_their_person_and_by_admins() -> None:
    assert api_keys.revoke(key(), "acme", "bob", True, NOW)
    for organisation, user, admin in (("acme", "bob", False), ("other", "ada", False), ("other", "ada", True)):
        with pytest.raises(NotFound):
            api_keys.revoke(key(), organisation, user, admin, NOW)
    [revoked] = api_keys.revoke(key(), "acme", "ada", False, NOW)
    assert api_keys.revoke(api_keys.evolve(key(), revoked), "acme", "ada", False, NOW) == []


def test_a_link_ends_by_time_and_by_being_revoked() -> None:
    found, project = link(), Project("p", created_by="sue")
    share_links.require_usable(found, "secret", NOW + timedelta(days=6))
    for caller in (Grant("ada", "acme", MEMBER, 0), Grant("sue", "acme", MEMBER, 0), Grant("bob", "acme", ADMIN, 0)):
        assert share_links.revoke(found, project, caller, NOW)
    with pytest.raises(Denied, match="ask one of them"):
        share_links.revoke(found, project, Grant("bob", "acme", MEMBER, 0), NOW)
    [revoked] = share_links.revoke(found, project, Grant("ada", "acme", MEMBER, 0), NOW)
    for state, secret, now in (
        (found, "another", NOW),
        (ShareLink(), "", NOW),
        (found, "secret", NOW + timedelta(days=7)),
        (share_links.evolve(found, revoked), "secret", NOW),
    ):
        with pytest.raises(Unauthenticated):
            share_links.require_usable(state, secret, now)


@pytest.mark.parametrize("days", [-1, 91])
def test_rejected_times_of_a_link(days: int) -> None:
    with pytest.raises(Rejected, match="1 to 90"):
        link(days)


@pytest.mark.parametrize("text", ["", "nf", "nf_", "nf_a", "nf_a_", "nfs_a_b", "nf__b", "nf_ä-_b", "nf_a_" + "b" * 200])
def test_what_is_no_token_opens_nothing(text: str) -> None:
    with pytest.raises(Unauthenticated, match="none of our tokens"):
        tokens.split(tokens.API_KEY, text)


def test_a_token_is_taken_apart_as_it_was_made() -> None:
    assert tokens.split(tokens.API_KEY, tokens.token(tokens.API_KEY, "id1", "a_b-c")) == ("id1", "a_b-c")
