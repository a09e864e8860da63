"""Holds, usage and the ledger over gRPC."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from kernel.clock import moment
from neuralforge.billing.v1 import service_pb2 as api
from neuralforge.billing.v1 import service_pb2_grpc as rpc
from services.billing.amounts import Month
from tests.services.billing.conftest import Customer
from tests.services.billing.examples import HOUR, MINUTE
from tests.services.platform import Platform


async def test_a_hold_is_answered_and_found(ada: Customer) -> None:
    answer = await ada.place("run-1", HOUR, "t4")
    assert (answer.hold.id, answer.hold.state) == ("run-1", api.HOLD_STATE_HELD)
    assert (answer.hold.held_milliseconds, answer.hold.held_micro_dollars) == (HOUR, 350_000)
    assert answer.position > 0
    assert await ada.hold() == answer.hold


async def test_the_same_hold_twice_is_one_hold(ada: Customer) -> None:
    first = await ada.place()
    assert (await ada.place()).hold == first.hold
    assert (await ada.place(key="k")).hold == first.hold
    assert (await ada.usage("cpu")).held_milliseconds == HOUR


async def test_an_id_used_for_another_hold_is_refused(ada: Customer) -> None:
    await ada.place()
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await ada.place(milliseconds=1)
    assert refusal.value.code() == grpc.StatusCode.ABORTED
    assert refusal.value.details() == (
        "hold run-1 is for 1 h of cpu time, not 1 ms of cpu time; use a new id for another hold"
    )


async def test_fifty_holds_at_once_never_exceed_the_quota(ada: Customer) -> None:
    answers = await asyncio.gather(
        *(ada.place(f"run-{number}", HOUR // 2, "t4") for number in range(50)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert len(refused) == 30
    assert {error.code() for error in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    until = f"{Month.of(datetime.now(UTC)).end:%Y-%m-%d}"
    assert {error.details() for error in refused} == {
        f"needs 30 min of t4 time, 0 s of 10 h are left this month (until {until}); shorten the run or wait"
    }
    usage = await ada.usage("t4")
    assert (usage.held_milliseconds, usage.remaining_milliseconds) == (10 * HOUR, 0)


async def test_a_device_kind_outside_the_plan_is_refused(ada: Customer) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await ada.place(kind="h100")
    assert refusal.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "the plan Free does not include h100 devices" in (refusal.value.details() or "")


async def preview(ada: Customer, kind: str, milliseconds: int, expected: int = 0) -> api.PreviewHoldResponse:
    request = api.PreviewHoldRequest(device_kind=kind, milliseconds=milliseconds, expected_milliseconds=expected)
    answer: api.PreviewHoldResponse = await ada.person.call(rpc.HoldServiceStub, "PreviewHold", request)
    return answer


async def test_a_preview_tells_price_and_quota_and_holds_nothing(ada: Customer) -> None:
    found = await preview(ada, "t4", HOUR, MINUTE)
    assert (found.refusal, found.sufficient, found.remaining_milliseconds) == ("", True, 10 * HOUR)
    assert found.expected_micro_dollars == -(-350_000 // 60)
    free = await preview(ada, "cpu", HOUR, MINUTE)
    assert (free.expected_micro_dollars, free.sufficient) == (0, True)
    assert not free.HasField("remaining_milliseconds")
    assert not (await ada.usage("t4")).held_milliseconds


async def test_a_preview_refuses_in_the_words_of_a_hold(ada: Customer) -> None:
    for number in range(4):
        await ada.place(f"run-{number}", 2 * HOUR, "t4")
    for kind, milliseconds in (("t4", 3 * HOUR), ("t4", 2 * HOUR + MINUTE), ("h100", HOUR)):
        found = await preview(ada, kind, milliseconds)
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await ada.place("another", milliseconds, kind)
        assert found.refusal == refusal.value.details()
        assert not found.sufficient
    assert not found.HasField("expected_micro_dollars")
    partly = await preview(ada, "t4", 3 * HOUR, HOUR)
    assert (bool(partly.refusal), partly.sufficient, partly.remaining_milliseconds) == (True, True, 2 * HOUR)


async def test_rejected_previews(ada: Customer) -> None:
    for kind, milliseconds, expected in (("", HOUR, 0), ("cpu", 0, 0), ("cpu", HOUR, -1)):
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await preview(ada, kind, milliseconds, expected)
        assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


BAD_ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"hold_id": ""}, "hold_id must be 1 to 64 characters of a-z, 0-9 and '-', not ''"),
    ({"hold_id": "x" * 65}, "hold_id must be 1 to 64 characters"),
    ({"hold_id": "Run_1"}, "hold_id must be 1 to 64 characters"),
    ({"hold_id": "run-1\n"}, "hold_id must be 1 to 64 characters"),
    ({"milliseconds": 0}, "milliseconds must be 1 to 2592000000 (720 h), not 0"),
    ({"milliseconds": 30 * 24 * HOUR + 1}, "milliseconds must be 1 to 2592000000 (720 h), not 2592000001"),
    ({"kind": ""}, "device_kind is missing; name one that the plan includes, such as 'cpu'"),
]


async def test_bad_arguments_are_named(ada: Customer) -> None:
    for fields, sentence in BAD_ARGUMENTS:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await ada.place(**fields)
        assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert sentence in (refusal.value.details() or "")


async def test_another_organisation_sees_nothing(billing: Platform, ada: Customer) -> None:
    position = (await ada.place()).position
    eve = Customer(await billing.person("eve"))
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await eve.hold("run-1")
    assert refusal.value.code() == grpc.StatusCode.NOT_FOUND
    assert not (await eve.entries(after=position)).entries
    assert not (await eve.entries(after=position, hold_id="run-1")).entries
    assert not await eve.balances(after=position)
    assert (await eve.usage("cpu")).held_milliseconds == 0
    assert (await eve.place(milliseconds=5)).hold.held_milliseconds == 5


async def test_usage_names_the_plan_and_the_month(ada: Customer) -> None:
    await ada.place("run-1", 90 * MINUTE, "t4")
    answer = await ada.person.call(rpc.UsageServiceStub, "GetUsage", api.GetUsageRequest())
    month = Month.of(datetime.now(UTC))
    assert (moment(answer.period_start), moment(answer.period_end)) == (month.start, month.end)
    assert answer.plan.name == "free"
    assert list(answer.usages) == [
        api.Usage(device_kind="cpu"),
        api.Usage(device_kind="t4", held_milliseconds=90 * MINUTE, remaining_milliseconds=8 * HOUR + 30 * MINUTE),
    ]


async def test_anybody_may_read_the_plans(billing: Platform) -> None:
    answer = await billing.call(rpc.UsageServiceStub, "ListPlans", api.ListPlansRequest())
    assert list(answer.plans) == [
        api.Plan(
            name="free",
            title="Free",
            micro_dollars_per_run=1_000_000,
            allowances=[
                api.Allowance(device_kind="cpu"),
                api.Allowance(device_kind="t4", milliseconds_per_month=36_000_000, micro_dollars_per_hour=350_000),
            ],
        )
    ]


async def test_entries_come_in_pages_newest_first(ada: Customer) -> None:
    for number in range(3):
        position = (await ada.place(f"run-{number}", HOUR, "t4")).position
    everything = (await ada.entries(after=position)).entries
    assert [entry.hold_id for entry in everything] == ["run-2"] * 4 + ["run-1"] * 4 + ["run-0"] * 4
    paged: list[api.Entry] = []
    token = ""
    while True:
        page = await ada.entries(page_size=5, page_token=token)
        paged += page.entries
        if not (token := page.next_page_token):
            break
    assert paged == list(everything)
    assert [entry.hold_id for entry in (await ada.entries(hold_id="run-1")).entries] == ["run-1"] * 4


async def test_a_page_token_from_elsewhere_is_refused(ada: Customer) -> None:
    for fields in ({"page_token": "x"}, {"page_token": "9" * 19}, {"page_size": -1}):
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await ada.entries(**fields)
        assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_each_transaction_sums_to_zero_per_unit(ada: Customer) -> None:
    position = (await ada.place("run-1", HOUR, "t4")).position
    entries = (await ada.entries(after=position)).entries
    month, tenant = Month.of(datetime.now(UTC)), ada.person.tenant
    assert len({entry.transaction_id for entry in entries}) == 1
    assert {(entry.account, entry.unit, entry.amount) for entry in entries} == {
        (f"{tenant}:quota:t4:{month}", "ms:t4", -HOUR),
        (f"{tenant}:held", "ms:t4", HOUR),
        (f"{tenant}:charges:{month}", "micro_dollar", -350_000),
        (f"{tenant}:held", "micro_dollar", 350_000),
    }
    assert {entry.memo for entry in entries} == {"hold placed"}
    assert sum((await ada.balances()).values()) == 0
