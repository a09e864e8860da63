"""PasswordService: changing one's password, and setting it anew by a mailed link."""

import asyncio
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from google.protobuf.message import Message

from kernel.aggregate import Aggregate, Loaded
from kernel.call import current_call, with_position
from kernel.clock import Clock, timestamp
from kernel.errors import Conflict, Denied, DomainError, StaleStream, Unauthenticated
from kernel.log import SYSTEM_TENANT, Append, Write
from kernel.rates import Rate
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from neuralforge.workspace.v1.events_pb2 import PasswordChanged, PasswordResetRequested
from services.workspace import accounts, deletion, identities, sessions
from services.workspace.accounts import User
from services.workspace.identities import Identities
from services.workspace.password_mail import PasswordMail
from services.workspace.passwords import Passwords
from services.workspace.session_service import signed_in
from services.workspace.sessions import Session
from services.workspace.users import Users

RESET_LIFETIME = timedelta(hours=1)
LETTERS = "5 per hour"
INVALID = "the link is not good any more; ask for a new one"
logger = structlog.get_logger()


class PasswordService(rpc.PasswordServiceServicer):
    """What a mailed link sets is done by whoever owns the address: nobody else keeps a way in."""

    def __init__(
        self,
        users: Users,
        open_sessions: Aggregate[Session],
        passwords: Passwords,
        linked: Identities,
        mail: PasswordMail,
        clock: Clock,
    ) -> None:
        self._users = users
        self._sessions = open_sessions
        self._passwords = passwords
        self._linked = linked
        self._mail = mail
        self._clock = clock
        self._letters = Rate(LETTERS, "links asked for to reset this password")
        self._mailing: set[asyncio.Task[None]] = set()

    async def ChangePassword(self, request: api.ChangePasswordRequest, context: Any) -> api.ChangePasswordResponse:
        caller, now = signed_in(), self._clock()
        accounts.check_password(request.new_password, "new_password")
        loaded = await self._users.load(SYSTEM_TENANT, caller.subject)
        user = loaded.state
        if user.password_hash:
            if not await self._passwords.verify(user.email, request.present_password, user.password_hash):
                sentence = "this is not your present password; enter it again"
                raise Denied(sentence, reason="WRONG_PASSWORD", field="present_password")
        else:
            session = (await self._sessions.load(SYSTEM_TENANT, caller.session)).state
            deletion.require_fresh(session, user, now)
        made = await self._passwords.hash(request.new_password)
        events = [_changed(user, made, now), accounts.end_sessions(user, caller.session, now)]
        return with_position(api.ChangePasswordResponse(), await self._append(loaded, events))

    async def RequestPasswordReset(
        self, request: api.RequestPasswordResetRequest, context: Any
    ) -> api.RequestPasswordResetResponse:
        email = accounts.clean_email(request.email)
        self._letters.count(email)
        mailing = asyncio.create_task(self._send(email))  # how long it takes tells nobody whether there is an account
        self._mailing.add(mailing)
        mailing.add_done_callback(self._mailing.discard)
        return api.RequestPasswordResetResponse()

    async def ResetPassword(self, request: api.ResetPasswordRequest, context: Any) -> api.ResetPasswordResponse:
        accounts.check_password(request.new_password, "new_password")
        user_id, _, secret = request.token[:200].partition(".")
        loaded, now = await self._users.load(SYSTEM_TENANT, user_id), self._clock()
        user = loaded.state
        _require_reset(user, secret, now)
        events: list[Message] = [
            _changed(user, await self._passwords.hash(request.new_password), now),
            accounts.end_sessions(user, "", now),
            *identities.unlinked(user, now),
        ]
        position = await self._append(loaded, events, await self._linked.released(user, now))
        self._passwords.forget_guesses(user.email)
        return with_position(api.ResetPasswordResponse(), position)

    async def _append(self, user: Loaded[User], events: Sequence[Message], alongside: Sequence[Write] = ()) -> int:
        """Under no idempotency key: with that a hash of the request would be kept, and so one of the password."""
        write = Write(SYSTEM_TENANT, self._users.stream(user.state.id), user.version, events)
        try:
            appended = await self._users.log.append(Append([write, *alongside], meta=current_call().meta))
        except StaleStream as error:
            raise Conflict("the account was changed at the same moment; try again") from error
        return appended.position

    async def _send(self, email: str) -> None:
        try:
            user = await self._users.by_email(email)
            if not user.id:
                return
            secret, now = sessions.new_secret(), self._clock()
            requested = PasswordResetRequested(
                user_id=user.id,
                token_hash=sessions.hashed(secret),
                at=timestamp(now),
                expires_at=timestamp(now + RESET_LIFETIME),
            )
            await self._users.handle(
                SYSTEM_TENANT, user.id, lambda _: [requested], lambda _: api.RequestPasswordResetResponse()
            )
            await self._mail.send(email, f"{user.id}.{secret}")
        except DomainError as error:  # the person asks again; who asked has been answered
            logger.warning("a link to reset a password was not made", reason=error.reason)


def _require_reset(user: User, secret: str, now: datetime) -> None:
    """Raises Unauthenticated unless the secret is that of the latest link."""
    good = user.id and user.reset_hash and user.reset_until is not None and now < user.reset_until
    if not good or not hmac.compare_digest(sessions.hashed(secret), user.reset_hash):
        raise Unauthenticated(INVALID)


def _changed(user: User, password_hash: str, now: datetime) -> PasswordChanged:
    return PasswordChanged(user_id=user.id, password_hash=password_hash, at=timestamp(now))
