"""Members and their roles as pure decisions: who may change whom, and an owner always stays."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import timestamp
from kernel.errors import Denied, DomainError, Exhausted, NotFound, Rejected
from kernel.grants import PERSONS, Grant
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import MemberAdded, MemberRemoved, MemberRoleChanged, OrganisationCreated
from services.workspace import memberships
from services.workspace.organisations import Organisation, evolve

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VIEWER, MEMBER, ADMIN, OWNER = PERSONS


def acme(*, personal: bool = False, **roles: int) -> Organisation:
    """An organisation whose members have those roles, in that order."""
    return folded(Organisation(), [OrganisationCreated(organisation_id="acme", name="Acme", personal=personal)], roles)


def folded(state: Organisation, events: Sequence[Message], roles: dict[str, int]) -> Organisation:
    added: list[Message] = [
        MemberAdded(organisation_id="acme", user_id=name, role=role, at=timestamp(NOW + timedelta(minutes=number)))  # type: ignore[arg-type]
        for number, (name, role) in enumerate(roles.items())
    ]
    for event in [*events, *added]:
        state = evolve(state, event)
    return state


def by(name: str, role: int = OWNER) -> Grant:
    return Grant(name, "acme", role, 0)


def test_an_admin_changes_members_up_to_admins() -> None:
    state = acme(ada=OWNER, bob=ADMIN, eve=VIEWER, sue=ADMIN)
    [changed] = memberships.change_role(state, by("bob"), "eve", ADMIN, NOW)
    assert isinstance(changed, MemberRoleChanged)
    assert (changed.user_id, changed.role, changed.author) == ("eve", ADMIN, "bob")
    assert evolve(state, changed).role("eve") == ADMIN
    assert memberships.change_role(state, by("bob"), "sue", VIEWER, NOW)


@pytest.mark.parametrize(
    ("caller", "user", "role", "error", "says"),
    [
        ("bob", "eve", OWNER, Denied, "only owners make owners"),
        ("bob", "ada", VIEWER, Denied, "only owners make owners"),
        ("eve", "bob", VIEWER, Denied, "for the organisation's admins"),
        ("who", "bob", VIEWER, Denied, "not a member"),
        ("ada", "who", VIEWER, NotFound, "no member 'who'"),
        ("ada", "ada", ADMIN, Rejected, "Acme would have no owner"),
        ("ada", "eve", Role.ROLE_JOB, Rejected, "viewer, member, admin or owner"),
        ("ada", "eve", Role.ROLE_UNSPECIFIED, Rejected, "viewer, member, admin or owner"),
    ],
)
def test_rejected_changes_of_a_role(caller: str, user: str, role: int, error: type[DomainError], says: str) -> None:
    with pytest.raises(error, match=says):
        memberships.change_role(acme(ada=OWNER, bob=ADMIN, eve=VIEWER), by(caller), user, role, NOW)


def test_a_grant_of_a_lesser_role_does_no_more_than_it_says() -> None:
    with pytest.raises(Denied, match="admins"):
        memberships.remove(acme(ada=OWNER, eve=VIEWER), by("ada", MEMBER), "eve", NOW)


def test_a_demoted_admin_can_do_nothing_with_the_grant_they_still_have() -> None:
    state = acme(ada=OWNER, bob=ADMIN, eve=VIEWER)
    state = evolve(state, *memberships.change_role(state, by("ada"), "bob", MEMBER, NOW))
    with pytest.raises(Denied, match="admins"):
        memberships.remove(state, by("bob", ADMIN), "eve", NOW)


def test_the_same_role_and_a_second_removal_change_nothing() -> None:
    state = acme(ada=OWNER, eve=VIEWER)
    assert memberships.change_role(state, by("ada"), "eve", VIEWER, NOW) == []
    [removed] = memberships.remove(state, by("ada"), "eve", NOW)
    state = evolve(state, removed)
    assert state.knows("eve")
    assert not state.role("eve")
    assert memberships.remove(state, by("ada"), "eve", NOW) == []
    assert memberships.leave(state, "eve", NOW) == []


def test_the_last_owner_stays_and_a_second_one_may_go() -> None:
    with pytest.raises(Rejected, match="make somebody else an owner first"):
        memberships.leave(acme(ada=OWNER, bob=ADMIN), "ada", NOW)
    two = acme(ada=OWNER, bob=OWNER)
    [left] = memberships.leave(two, "ada", NOW)
    assert isinstance(left, MemberRemoved)
    with pytest.raises(Rejected, match="make somebody else an owner first"):
        memberships.leave(evolve(two, left), "bob", NOW)


def test_a_personal_organisation_keeps_its_person() -> None:
    state = acme(personal=True, ada=OWNER, bob=OWNER)
    for refused in (
        lambda: memberships.leave(state, "ada", NOW),
        lambda: memberships.remove(state, by("bob"), "ada", NOW),
        lambda: memberships.change_role(state, by("bob"), "ada", VIEWER, NOW),
    ):
        with pytest.raises(Rejected, match="keeps its person"):
            refused()
    assert memberships.leave(state, "bob", NOW)


def test_nobody_is_in_more_organisations_than_a_list_can_show() -> None:
    with pytest.raises(Exhausted, match="leave one first"):
        memberships.create("new", "New", "ada", ["x"] * memberships.MOST_ORGANISATIONS, NOW)


PEOPLE = st.sampled_from(["ada", "bob", "eve", "nobody"])
ORDERS = st.lists(st.tuples(st.sampled_from(["role", "remove", "leave"]), PEOPLE, PEOPLE, st.sampled_from(PERSONS)))


@given(ORDERS)
def test_whatever_is_tried_an_owner_stays(orders: list[tuple[str, str, str, int]]) -> None:
    state = acme(ada=OWNER, bob=OWNER, eve=ADMIN)
    for kind, caller, user, role in orders:
        try:
            if kind == "role":
                events = memberships.change_role(state, by(caller), user, role, NOW)
            elif kind == "remove":
                events = memberships.remove(state, by(caller), user, NOW)
            else:
                events = memberships.leave(state, user, NOW)
        except DomainError:
            continue  # refused, so nothing has changed
        for event in events:
            state = evolve(state, event)
        assert any(member.role == OWNER for member in state.members.values())
