"""What the contracts of all services say about their RPCs; a new RPC is held to it by being there."""

import importlib
import re

import pytest
from google.protobuf import descriptor_pool

from kernel.errors import Denied, Unauthenticated
from kernel.grants import Grant, require
from kernel.methods import Method, method
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role

READS = re.compile(r"(Get|List|Search|Diff|Validate|Preview|Check|Compare|Analyze|Describe|BatchGet|Estimate)[A-Z]?")
# What they change is kept by who is asked, or comes by mail: who asks has nothing of it to read.
NOTHING_TO_READ = {
    "GrantService.Exchange",
    "OAuthService.StartSignIn",
    "OAuthService.StartLink",
    "PasswordService.RequestPasswordReset",
}
PERSONS = [Role.ROLE_VIEWER, Role.ROLE_MEMBER, Role.ROLE_ADMIN, Role.ROLE_OWNER]


def rpcs() -> list[Method]:
    """Every RPC of every context, from the compiled contracts."""
    found = []
    for context in CONTEXTS:
        importlib.import_module(f"neuralforge.{context}.v1.service_pb2")
        file = descriptor_pool.Default().FindFileByName(f"neuralforge/{context}/v1/service.proto")
        for service in file.services_by_name.values():
            found += [method(f"/{service.full_name}/{each.name}") for each in service.methods]
    return [each for each in found if each]


RPCS = rpcs()
each_rpc = pytest.mark.parametrize("rpc", RPCS, ids=[f"{rpc.context}.{rpc.name}" for rpc in RPCS])


def test_there_are_rpcs_of_every_context() -> None:
    assert {rpc.context for rpc in RPCS} == set(CONTEXTS)


@each_rpc
def test_states_who_may_call(rpc: Method) -> None:
    assert rpc.roles, f"state the roles of {rpc.name}: an RPC without a statement is one that nobody may call"
    assert Role.ROLE_UNSPECIFIED not in rpc.roles
    assert len([role for role in rpc.roles if role in PERSONS]) <= 1, "state the least role; it includes the others"
    assert Role.ROLE_PUBLIC not in rpc.roles or len(rpc.roles) == 1


@each_rpc
def test_says_whether_it_only_reads(rpc: Method) -> None:
    name = rpc.name.split(".")[1]
    assert rpc.reads == bool(READS.match(name)), f"{rpc.name} needs NO_SIDE_EFFECTS exactly when it only reads"


@each_rpc
def test_a_persons_command_answers_with_its_position(rpc: Method) -> None:
    """Else they could not read their own write."""
    if not rpc.reads and rpc.name not in NOTHING_TO_READ and {*rpc.roles} & {Role.ROLE_PUBLIC, *PERSONS}:
        assert "position" in rpc.response.DESCRIPTOR.fields_by_name, f"give {rpc.name}'s response an int64 position"


@each_rpc
def test_request_and_response_are_its_own(rpc: Method) -> None:
    name = rpc.name.split(".")[1]
    assert (rpc.request.DESCRIPTOR.name, rpc.response.DESCRIPTOR.name) == (f"{name}Request", f"{name}Response")


@each_rpc
@pytest.mark.parametrize("role", [None, *Role.values()], ids=["nobody", *Role.keys()])
def test_only_the_stated_roles_get_in(rpc: Method, role: int | None) -> None:
    grant = None if role is None else Grant("somebody", "acme", role, 0)
    least = [stated for stated in rpc.roles if stated in PERSONS]
    allowed = {*rpc.roles, *(role for role in PERSONS if least and role >= least[0])}
    if Role.ROLE_PUBLIC in rpc.roles or role in allowed:
        require(grant, list(rpc.roles), rpc.name)
    else:
        with pytest.raises(Unauthenticated if grant is None else Denied, match=rpc.name):
            require(grant, list(rpc.roles), rpc.name)
