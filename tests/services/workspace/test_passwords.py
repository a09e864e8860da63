"""Passwords over real gRPC: changed by who knows the present one, set anew by who gets the mail."""

import re
from datetime import timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, PasswordServiceStub
from services.workspace.password_service import LETTERS
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.platform import PASSWORD, Person, Platform
from tests.services.workspace.mailbox import mails

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEW = "a new and longer password"
TOKEN = re.compile(r"/reset-password#(\S+)")


@pytest_asyncio.fixture(loop_scope="module")
async def ada(shared: Platform) -> Person:
    return await shared.person("ada")


async def log_in(person: Person, password: str) -> Any:
    request = api.LogInRequest(email=person.email, password=password)
    return await person.platform.call(AccountServiceStub, "LogIn", request)


async def refused(person: Person, stub: Any, method: str, request: Any, token: str = "") -> str:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await person.platform.call(stub, method, request, token=token)
    return f"{error.value.code().name}: {error.value.details()}"


async def refresh_refused(person: Person, token: str) -> str:
    return await refused(person, AccountServiceStub, "Refresh", api.RefreshRequest(refresh_token=token))


async def mailed_token(person: Person) -> str:
    """Asks for a link, and reads the mail that comes."""
    before = len(sent_to(person))
    request = api.RequestPasswordResetRequest(email=person.email)
    await person.platform.call(PasswordServiceStub, "RequestPasswordReset", request)

    async def arrived() -> bool:
        return len(sent_to(person)) > before

    await person.platform.eventually(arrived)
    return sent_to(person)[-1]


def sent_to(person: Person) -> list[str]:
    """The tokens of the links mailed to somebody."""
    texts = [mail.get_content() for mail in mails(person.platform.folder) if mail["To"] == person.email]
    return [found[1] for text in texts if (found := TOKEN.search(text))]


async def reset(person: Person, token: str) -> None:
    request = api.ResetPasswordRequest(token=token, new_password=NEW)
    await person.platform.call(PasswordServiceStub, "ResetPassword", request)


async def test_a_changed_password_ends_all_other_sessions(ada: Person) -> None:
    phone = (await log_in(ada, PASSWORD)).tokens
    request = api.ChangePasswordRequest(present_password=PASSWORD, new_password=NEW)
    await ada.call(PasswordServiceStub, "ChangePassword", request, key="change")
    assert "do not match" in await refused(
        ada, AccountServiceStub, "LogIn", api.LogInRequest(email=ada.email, password=PASSWORD)
    )
    await log_in(ada, NEW)
    assert "session has ended" in await refresh_refused(ada, phone.refresh_token)
    own = api.RefreshRequest(refresh_token=ada.refresh_token)
    assert (await ada.platform.call(AccountServiceStub, "Refresh", own)).tokens.grant


@pytest.mark.parametrize(
    ("present", "new", "says"),
    [
        ("not my password", NEW, "PERMISSION_DENIED: this is not your present password; enter it again"),
        (PASSWORD, "short", "INVALID_ARGUMENT: the password has 5 characters; choose one of 10 to 200"),
    ],
)
async def test_rejected_changes_say_why(ada: Person, present: str, new: str, says: str) -> None:
    request = api.ChangePasswordRequest(present_password=present, new_password=new)
    assert await refused(ada, PasswordServiceStub, "ChangePassword", request, token=ada.token) == says
    await log_in(ada, PASSWORD)


async def test_a_mailed_link_sets_the_password_once_and_ends_all_sessions(ada: Person) -> None:
    token = await mailed_token(ada)
    await reset(ada, token)
    await log_in(ada, NEW)
    assert "session has ended" in await refresh_refused(ada, ada.refresh_token)
    again = api.ResetPasswordRequest(token=token, new_password="yet another password")
    assert "not good any more" in await refused(ada, PasswordServiceStub, "ResetPassword", again)


async def test_only_the_latest_link_is_good(ada: Person) -> None:
    first, second = await mailed_token(ada), await mailed_token(ada)
    request = api.ResetPasswordRequest(token=first, new_password=NEW)
    assert "not good any more" in await refused(ada, PasswordServiceStub, "ResetPassword", request)
    await reset(ada, second)


@pytest.mark.parametrize("token", ["", ".", "nobody.secret", "x" * 5000])
async def test_rejected_links_that_were_never_mailed(ada: Person, token: str) -> None:
    request = api.ResetPasswordRequest(token=token, new_password=NEW)
    assert (await refused(ada, PasswordServiceStub, "ResetPassword", request)).startswith("UNAUTHENTICATED")


async def test_an_address_without_an_account_is_answered_alike_and_gets_no_mail(shared: Platform, ada: Person) -> None:
    request = api.RequestPasswordResetRequest(email="nobody-here@example.com")
    await shared.call(PasswordServiceStub, "RequestPasswordReset", request)
    await mailed_token(ada)  # asked for later, and here already
    assert "nobody-here@example.com" not in [mail["To"] for mail in mails(shared.folder)]


async def test_links_to_one_address_are_counted(shared: Platform, ada: Person) -> None:
    request = api.RequestPasswordResetRequest(email=ada.email)
    most = int(LETTERS.split()[0])
    for _ in range(most):
        await shared.call(PasswordServiceStub, "RequestPasswordReset", request)
    with pytest.raises(grpc.aio.AioRpcError, match="links asked for to reset this password"):
        for _ in range(most + 1):  # one more would do, unless an hour began anew
            await shared.call(PasswordServiceStub, "RequestPasswordReset", request)


@pytest.mark.asyncio(loop_scope="function")
async def test_a_link_is_good_for_an_hour(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as workspace:
        ada = await workspace.person("ada")
        token = await mailed_token(ada)
        clock.ahead = timedelta(minutes=61)
        request = api.ResetPasswordRequest(token=token, new_password=NEW)
        assert "not good any more" in await refused(ada, PasswordServiceStub, "ResetPassword", request)
