"""Plans, what has been used of them, and the ledger behind the figures."""

from datetime import datetime

import strawberry

from gateway.context import Info
from gateway.scalars import BigInt
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.billing.v1 import service_pb2 as api


@strawberry.type(description="What a plan gives of one device kind.")
class Allowance:
    device_kind: str
    milliseconds_per_month: BigInt | None = strawberry.field(description="Null means no limit.")
    micro_dollars_per_hour: BigInt


@strawberry.type
class Plan:
    name: str
    title: str
    allowances: list[Allowance]
    micro_dollars_per_run: BigInt | None = strawberry.field(description="Null means no limit.")


@strawberry.type(description="Of one device kind in the period.")
class DeviceUsage:
    device_kind: str
    metered_milliseconds: BigInt
    held_milliseconds: BigInt
    remaining_milliseconds: BigInt | None = strawberry.field(description="Null means no limit.")
    metered_micro_dollars: BigInt


@strawberry.type
class Usage:
    plan: Plan
    period_start: datetime
    period_end: datetime
    devices: list[DeviceUsage]


@strawberry.type(description="One side of a double entry; the entries of a transaction sum to zero per unit.")
class LedgerEntry:
    id: BigInt
    transaction_id: strawberry.ID
    account: str
    unit: str
    amount: BigInt
    memo: str
    at: datetime
    hold_id: strawberry.ID | None


@strawberry.type
class Balance:
    account: str
    unit: str
    amount: BigInt


@strawberry.type
class TrialBalance:
    balances: list[Balance]
    balanced: bool = strawberry.field(description="Whether every unit sums to zero.")


def allowance(message: api.Allowance) -> Allowance:
    limited = message.HasField("milliseconds_per_month")
    return Allowance(
        device_kind=message.device_kind,
        milliseconds_per_month=BigInt(message.milliseconds_per_month) if limited else None,
        micro_dollars_per_hour=BigInt(message.micro_dollars_per_hour),
    )


def plan(message: api.Plan) -> Plan:
    limited = message.HasField("micro_dollars_per_run")
    return Plan(
        name=message.name,
        title=message.title,
        allowances=[allowance(each) for each in message.allowances],
        micro_dollars_per_run=BigInt(message.micro_dollars_per_run) if limited else None,
    )


def device_usage(message: api.Usage) -> DeviceUsage:
    limited = message.HasField("remaining_milliseconds")
    return DeviceUsage(
        device_kind=message.device_kind,
        metered_milliseconds=BigInt(message.metered_milliseconds),
        held_milliseconds=BigInt(message.held_milliseconds),
        remaining_milliseconds=BigInt(message.remaining_milliseconds) if limited else None,
        metered_micro_dollars=BigInt(message.metered_micro_dollars),
    )


def entry(message: api.Entry) -> LedgerEntry:
    return LedgerEntry(
        id=BigInt(message.id),
        transaction_id=strawberry.ID(message.transaction_id),
        account=message.account,
        unit=message.unit,
        amount=BigInt(message.amount),
        memo=message.memo,
        at=moment(message.at),
        hold_id=strawberry.ID(message.hold_id) if message.hold_id else None,
    )


@strawberry.type
class BillingQuery:
    @strawberry.field
    async def plans(self, info: Info) -> list[Plan]:
        answer = await info.context.ask(info.context.stubs.usage.ListPlans, api.ListPlansRequest())
        return [plan(each) for each in answer.plans]

    @strawberry.field(description="Of the organisation, in the present period.")
    async def usage(self, info: Info) -> Usage:
        answer = await info.context.ask(info.context.stubs.usage.GetUsage, api.GetUsageRequest())
        return Usage(
            plan=plan(answer.plan),
            period_start=moment(answer.period_start),
            period_end=moment(answer.period_end),
            devices=[device_usage(each) for each in answer.usages],
        )

    @strawberry.field(description="Newest first; a hold's id is its run's.")
    async def ledger(self, info: Info, hold_id: str = "", first: int = 0, after: str = "") -> Page[LedgerEntry]:
        request = api.ListEntriesRequest(hold_id=hold_id, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.usage.ListEntries, request)
        return Page(nodes=[entry(each) for each in answer.entries], next_page_token=answer.next_page_token or None)

    @strawberry.field
    async def trial_balance(self, info: Info) -> TrialBalance:
        answer = await info.context.ask(info.context.stubs.usage.GetTrialBalance, api.GetTrialBalanceRequest())
        balances = [
            Balance(account=each.account, unit=each.unit, amount=BigInt(each.amount)) for each in answer.balances
        ]
        return TrialBalance(balances=balances, balanced=answer.balanced)
