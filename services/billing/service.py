"""The RPCs of billing. Holds and usage are folded from the account's stream, the ledger is read from its tables."""

import re
from collections import Counter
from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock
from kernel.errors import Rejected
from kernel.pages import page
from kernel.tenancy import TenantDatabase
from neuralforge.billing.v1 import service_pb2 as api
from neuralforge.billing.v1 import service_pb2_grpc as rpc
from services.billing import projection
from services.billing.amounts import MILLISECONDS_PER_DAY, spell_time
from services.billing.domain import Account, confirm_hold, find_hold, place_hold, preview_hold
from services.billing.messages import hold_message, plan_message, preview_message, usage_message
from services.billing.plans import Plans

LONGEST_HOLD = 30 * MILLISECONDS_PER_DAY
HOLD_ID = re.compile(r"[a-z0-9-]{1,64}")
MOST_TOKEN_DIGITS = 18


class HoldService(rpc.HoldServiceServicer):
    """An organisation has one account: the stream `account-<tenant>`."""

    def __init__(self, accounts: Aggregate[Account], plans: Plans, clock: Clock) -> None:
        self._accounts = accounts
        self._plans = plans
        self._clock = clock

    async def PlaceHold(self, request: api.PlaceHoldRequest, context: Any) -> api.PlaceHoldResponse:
        tenant = current_call().caller.tenant
        _check_id(request.hold_id)
        _check(request)
        now = self._clock()
        return await self._accounts.handle(
            tenant,
            tenant,
            lambda account: place_hold(
                account, self._plans, request.hold_id, request.device_kind, request.milliseconds, now
            ),
            lambda account: api.PlaceHoldResponse(hold=hold_message(account.holds[request.hold_id])),
        )

    async def ConfirmHold(self, request: api.ConfirmHoldRequest, context: Any) -> api.ConfirmHoldResponse:
        tenant, id, now = current_call().caller.tenant, request.hold_id, self._clock()
        return await self._accounts.handle(
            tenant,
            tenant,
            lambda account: confirm_hold(account, self._plans, id, now),
            lambda account: api.ConfirmHoldResponse(hold=hold_message(account.holds[id])),
        )

    async def PreviewHold(self, request: api.PreviewHoldRequest, context: Any) -> api.PreviewHoldResponse:
        tenant = current_call().caller.tenant
        _check(request)
        if request.expected_milliseconds < 0:
            raise Rejected("expected_milliseconds must be 0 or more", field="expected_milliseconds")
        account = (await self._accounts.load(tenant, tenant)).state
        kind, held, expected = request.device_kind, request.milliseconds, request.expected_milliseconds
        return preview_message(preview_hold(account, self._plans, kind, held, expected, self._clock()))

    async def GetHold(self, request: api.GetHoldRequest, context: Any) -> api.GetHoldResponse:
        tenant = current_call().caller.tenant
        account = (await self._accounts.load(tenant, tenant)).state
        return api.GetHoldResponse(hold=hold_message(find_hold(account, request.hold_id)))


def _check_id(hold_id: str) -> None:
    if not HOLD_ID.fullmatch(hold_id):
        sentence = f"hold_id must be 1 to 64 characters of a-z, 0-9 and '-', not {hold_id[:64]!r}"
        raise Rejected(sentence, field="hold_id")


def _check(request: api.PlaceHoldRequest | api.PreviewHoldRequest) -> None:
    if not 1 <= request.milliseconds <= LONGEST_HOLD:
        raise Rejected(
            f"milliseconds must be 1 to {LONGEST_HOLD} ({spell_time(LONGEST_HOLD)}), not {request.milliseconds}",
            field="milliseconds",
        )
    if not request.device_kind:
        raise Rejected("device_kind is missing; name one that the plan includes, such as 'cpu'", field="device_kind")


class UsageService(rpc.UsageServiceServicer):
    """What an organisation may use, has used, and owes."""

    def __init__(self, accounts: Aggregate[Account], plans: Plans, database: TenantDatabase, clock: Clock) -> None:
        self._accounts = accounts
        self._plans = plans
        self._database = database
        self._clock = clock

    async def GetUsage(self, request: api.GetUsageRequest, context: Any) -> api.GetUsageResponse:
        tenant = current_call().caller.tenant
        account = (await self._accounts.load(tenant, tenant)).state
        return usage_message(account, self._plans.of(account.plan), self._clock())

    async def ListEntries(self, request: api.ListEntriesRequest, context: Any) -> api.ListEntriesResponse:
        tenant = current_call().caller.tenant
        size, before = page(request.page_size, "").size, _before(request.page_token)
        found = await projection.list_entries(self._database, tenant, request.hold_id, before, size + 1)
        more = len(found) > size
        return api.ListEntriesResponse(entries=found[:size], next_page_token=str(found[size - 1].id) if more else "")

    async def GetTrialBalance(self, request: api.GetTrialBalanceRequest, context: Any) -> api.GetTrialBalanceResponse:
        found = await projection.balances(self._database, current_call().caller.tenant)
        totals: Counter[str] = Counter()
        for balance in found:
            totals[balance.unit] += balance.amount
        return api.GetTrialBalanceResponse(balances=found, balanced=not any(totals.values()))

    async def ListPlans(self, request: api.ListPlansRequest, context: Any) -> api.ListPlansResponse:
        return api.ListPlansResponse(plans=[plan_message(plan) for plan in self._plans.by_name.values()])


def _before(token: str) -> int:
    """The entry id a page begins below: a page token is the id of the last entry of the page before it."""
    if not token:
        return projection.NEWEST
    if not re.fullmatch(rf"[0-9]{{1,{MOST_TOKEN_DIGITS}}}", token):
        raise Rejected("this page_token was not issued here; start again without one", field="page_token")
    return int(token)
