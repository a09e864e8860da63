"""Grants: who gets in with which role, and what makes a token worth nothing."""

import base64
import json
import time
from collections.abc import Mapping

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kernel import grants
from kernel.errors import Denied, Unauthenticated, Unavailable
from kernel.grants import PERSONS, Grant, Verifier, may_touch, require, sign
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.service_pb2 import VISIBILITY_ORGANISATION, VISIBILITY_PRIVATE, VISIBILITY_PUBLIC

KEY, ANOTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
ROLES = st.sampled_from(Role.values())


def grant(role: int = Role.ROLE_MEMBER, seconds: float = 86_400) -> Grant:
    return Grant("ada", "acme", role, int(time.time() + seconds))


def verifier(*keys: tuple[str, Ed25519PrivateKey]) -> Verifier:
    async def fetch() -> Mapping[str, Ed25519PublicKey]:
        return {name: key.public_key() for name, key in keys}

    return Verifier(fetch)


def admitted(found: Grant | None, required: list[int]) -> bool:
    try:
        require(found, required, "RunService.StartRun")
    except Unauthenticated:
        return False
    except Denied:
        return found is None  # who is known is denied, who is not is asked to log in
    return True


@given(ROLES, st.lists(ROLES, max_size=3))
def test_a_stated_role_gets_in_and_a_person_of_a_higher_one(role: int, required: list[int]) -> None:
    persons = [stated for stated in required if stated in PERSONS]
    expected = (
        Role.ROLE_PUBLIC in required
        or role in required
        or (role in PERSONS and any(role >= least for least in persons))
    )
    assert admitted(grant(role), required) == expected


@given(st.lists(ROLES, max_size=3))
def test_nobody_gets_in_but_to_public_methods(required: list[int]) -> None:
    assert admitted(None, required) == (Role.ROLE_PUBLIC in required)


@pytest.mark.parametrize("role", [Role.ROLE_JOB, Role.ROLE_SERVICE, Role.ROLE_OWNER])
def test_a_method_that_states_nothing_is_for_nobody(role: int) -> None:
    assert not admitted(grant(role), [])


@pytest.mark.parametrize("role", [Role.ROLE_JOB, Role.ROLE_SERVICE])
def test_jobs_and_services_are_no_persons(role: int) -> None:
    assert not any(admitted(grant(role), [person]) for person in PERSONS)
    assert not admitted(grant(Role.ROLE_OWNER), [role])


@pytest.mark.parametrize("role", [role for role in Role.values() if role])
async def test_a_signed_grant_says_the_same_to_its_reader(role: int) -> None:
    person = grant(role)
    assert await verifier(("k", KEY)).verify(sign(person, KEY, "k")) == person
    job = Grant("job:training:r1", "acme", Role.ROLE_JOB, int(time.time()) + 60, project="p", job="r1", attempt=2)
    assert await verifier(("k", KEY)).verify(sign(job, KEY, "k")) == job
    of_a_key = Grant("ada", "acme", role, int(time.time()) + 60, project="p", key="k1")
    assert await verifier(("k", KEY)).verify(sign(of_a_key, KEY, "k")) == of_a_key


@pytest.mark.parametrize(
    ("role", "project", "private", "shared", "own"),
    [
        (Role.ROLE_VIEWER, "", False, True, True),
        (Role.ROLE_MEMBER, "", False, True, True),
        (Role.ROLE_ADMIN, "", True, True, True),
        (Role.ROLE_OWNER, "", True, True, True),
        (Role.ROLE_OWNER, "another", False, False, False),
        (Role.ROLE_VIEWER, "p", True, True, True),
        (Role.ROLE_JOB, "p", True, True, True),
        (Role.ROLE_JOB, "another", False, False, False),
        (Role.ROLE_JOB, "", False, False, False),
        (Role.ROLE_SERVICE, "", True, True, True),
    ],
)
def test_which_projects_a_grant_reaches(role: int, project: str, private: bool, shared: bool, own: bool) -> None:
    caller = Grant("ada", "acme", role, 0, project=project)
    assert may_touch(caller, "p", VISIBILITY_PRIVATE, "bob") == private
    assert may_touch(caller, "p", VISIBILITY_ORGANISATION, "bob") == shared
    assert may_touch(caller, "p", VISIBILITY_PUBLIC, "bob") == shared
    assert may_touch(caller, "p", VISIBILITY_PRIVATE, "ada") == own


def forged(**claims: object) -> str:
    return jwt.encode(grant().claims(time.time()) | claims, KEY, algorithm="EdDSA", headers={"kid": "k"})


def unsigned() -> str:
    parts = ({"alg": "none", "kid": "k"}, grant().claims(time.time()))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "a.b.c.d",
        "\x00",
        "ü.ü.ü",
        unsigned(),
        sign(grant(), ANOTHER, "k"),
        sign(grant(), KEY, "unknown"),
        jwt.encode(grant().claims(time.time()), "secret" * 8, algorithm="HS256", headers={"kid": "k"}),
        forged(iss="somebody else"),
        forged(role="emperor"),
        forged(role=5),
        forged(exp="tomorrow"),
    ],
)
async def test_what_was_not_signed_here_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated, match="damaged"):
        await verifier(("k", KEY)).verify(token)


@pytest.mark.parametrize("missing", ["sub", "exp", "tenant", "role"])
async def test_a_grant_without_a_claim_is_refused(missing: str) -> None:
    claims = {name: value for name, value in grant().claims(time.time()).items() if name != missing}
    with pytest.raises(Unauthenticated):
        await verifier(("k", KEY)).verify(jwt.encode(claims, KEY, algorithm="EdDSA", headers={"kid": "k"}))


async def test_an_expired_grant_says_so_also_where_it_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, token = verifier(("k", KEY)), sign(grant(seconds=100), KEY, "k")
    await checks.verify(token)
    later = time.time() + 101
    monkeypatch.setattr(time, "time", lambda: later)
    for each in (checks, verifier(("k", KEY))):
        with pytest.raises(Unauthenticated, match="expired") as error:
            await each.verify(token)
        assert error.value.reason == "GRANT_EXPIRED"


async def test_a_new_key_is_fetched_when_it_first_appears_and_not_for_every_stranger() -> None:
    keys, fetched = {"old": KEY.public_key()}, 0

    async def fetch() -> Mapping[str, Ed25519PublicKey]:
        nonlocal fetched
        fetched += 1
        return dict(keys)

    checks = Verifier(fetch, refetch_seconds=0)
    await checks.verify(sign(grant(), KEY, "old"))
    keys["new"] = ANOTHER.public_key()
    await checks.verify(sign(grant(), ANOTHER, "new"))
    assert fetched == 2
    patient = Verifier(fetch, refetch_seconds=60)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            await patient.verify(sign(grant(), KEY, f"stranger {number}"))
    assert fetched == 3


async def test_without_the_keys_nothing_is_decided() -> None:
    async def fetch() -> Mapping[str, Ed25519PublicKey]:
        raise Unavailable("workspace does not answer")

    with pytest.raises(Unavailable):
        await Verifier(fetch).verify(sign(grant(), KEY, "k"))


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "MOST_CACHED", 3)
    checks = verifier(("k", KEY))
    for number in range(10):
        await checks.verify(sign(Grant(f"u{number}", "acme", Role.ROLE_MEMBER, time.time() + 60), KEY, "k"))
    assert len(checks._known) == 3
