"""What the domain knows, as the contract's messages."""

from datetime import datetime

from kernel.clock import timestamp
from neuralforge.billing.v1 import service_pb2 as api
from services.billing.amounts import Month
from services.billing.domain import Account, Hold, HoldState, Preview
from services.billing.plans import Allowance, Plan

STATES = {
    HoldState.PLACED: api.HOLD_STATE_HELD,
    HoldState.CONFIRMED: api.HOLD_STATE_HELD,
    HoldState.SETTLED: api.HOLD_STATE_SETTLED,
    HoldState.VOIDED: api.HOLD_STATE_VOIDED,
}


def hold_message(hold: Hold) -> api.Hold:
    return api.Hold(
        id=hold.id,
        device_kind=hold.device_kind,
        state=STATES[hold.state],
        held_milliseconds=hold.milliseconds,
        held_micro_dollars=hold.micro_dollars,
        metered_milliseconds=hold.metered_milliseconds,
        metered_micro_dollars=hold.metered_micro_dollars,
        created_at=timestamp(hold.placed_at),
        closed_at=timestamp(hold.closed_at) if hold.closed_at else None,
    )


def preview_message(preview: Preview) -> api.PreviewHoldResponse:
    return api.PreviewHoldResponse(
        refusal=preview.refusal,
        remaining_milliseconds=preview.remaining,
        expected_micro_dollars=preview.expected_cost,
        sufficient=preview.sufficient,
    )


def plan_message(plan: Plan) -> api.Plan:
    return api.Plan(
        name=plan.name,
        title=plan.title,
        allowances=[_allowance_message(allowance) for allowance in plan.allowances.values()],
        micro_dollars_per_run=plan.micro_dollars_per_run,
    )


def _allowance_message(allowance: Allowance) -> api.Allowance:
    return api.Allowance(
        device_kind=allowance.device_kind,
        milliseconds_per_month=allowance.milliseconds_per_month,
        micro_dollars_per_hour=allowance.micro_dollars_per_hour,
    )


def usage_message(account: Account, plan: Plan, now: datetime) -> api.GetUsageResponse:
    """This month's use of what the plan gives, and of device kinds used under an earlier plan."""
    month = Month.of(now)
    used = [kind for period, kind in account.uses if period == month]
    return api.GetUsageResponse(
        plan=plan_message(plan),
        period_start=timestamp(month.start),
        period_end=timestamp(month.end),
        usages=[_kind_message(account, plan, month, kind) for kind in dict.fromkeys([*plan.allowances, *used])],
    )


def _kind_message(account: Account, plan: Plan, month: Month, device_kind: str) -> api.Usage:
    use = account.use(month, device_kind)
    allowance = plan.allowances.get(device_kind) or Allowance(device_kind, 0, milliseconds_per_month=0)
    most = allowance.milliseconds_per_month
    return api.Usage(
        device_kind=device_kind,
        metered_milliseconds=use.metered_milliseconds,
        held_milliseconds=use.held_milliseconds,
        remaining_milliseconds=None if most is None else max(0, most - use.milliseconds),
        metered_micro_dollars=use.metered_micro_dollars,
    )
