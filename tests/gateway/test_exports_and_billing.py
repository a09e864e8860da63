"""What a trained network becomes and what it costs, over GraphQL; jobs are played by the test."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from kernel.launcher import Device
from neuralforge.export.v1 import service_pb2 as api
from services.billing.amounts import cost
from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor
from tests.services.billing.examples import HOUR, T4_PRICE
from tests.services.export.examples import proof, validated
from tests.services.export.exporting import CONTEXTS, PlayedExport, completed_run
from tests.services.launchers import IdleLauncher
from tests.services.training.lab import Lab, PlayedWorker, lab_of

MONTH = 10 * HOUR
CREATE = """
mutation($run: ID!, $format: String!) {
  createExport(runId: $run, format: $format) {
    __typename
    ... on Export { id state stage format runId createdBy download { name } }
    ... on Refusal { code message field }
  }
}
"""
EXPORT = """
query($id: ID!) {
  export(id: $id) {
    state stage reason bytes sha256 finishedAt report
    validation { samples maxAbsDiff tolerance argmaxMismatches minCosine }
    download { name url bytes sha256 }
  }
}
"""
PLAN = "name title microDollarsPerRun allowances { deviceKind millisecondsPerMonth microDollarsPerHour }"
USAGE = f"""{{
  usage {{
    plan {{ {PLAN} }} periodStart periodEnd
    devices {{ deviceKind meteredMilliseconds heldMilliseconds remainingMilliseconds meteredMicroDollars }}
  }}
}}"""
LEDGER = """
query($hold: String!, $first: Int!, $after: String!) {
  ledger(holdId: $hold, first: $first, after: $after) {
    nodes { id transactionId account unit amount memo at holdId } nextPageToken
  }
}
"""
FREE = {
    "name": "free",
    "title": "Free",
    "microDollarsPerRun": "1000000",
    "allowances": [
        {"deviceKind": "cpu", "millisecondsPerMonth": None, "microDollarsPerHour": "0"},
        {"deviceKind": "t4", "millisecondsPerMonth": str(MONTH), "microDollarsPerHour": str(T4_PRICE)},
    ],
}


class LauncherWithT4(IdleLauncher):
    async def devices(self) -> Sequence[Device]:
        return [*await super().devices(), Device("cuda:0", "cuda", 2**34, "Tesla T4")]


@dataclass
class Studio:
    """A person at the gateway with a network and digits."""

    visitor: Visitor
    lab: Lab

    async def create(self, run_id: str, format: str = "onnx") -> dict[str, Any]:
        created: dict[str, Any] = (await self.visitor.ask(CREATE, run=run_id, format=format))["createExport"]
        return created

    async def export(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.visitor.ask(EXPORT, id=id))["export"]
        return found

    async def usage(self, kind: str) -> dict[str, Any]:
        devices = (await self.visitor.ask(USAGE))["usage"]["devices"]
        found: dict[str, Any] = next(device for device in devices if device["deviceKind"] == kind)
        return found

    async def metered_run(self) -> tuple[str, PlayedWorker]:
        """A run on the device that costs something."""
        run, worker = await self.lab.running(device="cuda:0", limit_milliseconds=HOUR)
        return run.id, worker

    async def settled(self) -> dict[str, Any]:
        """What was used, once nothing is held any more."""

        async def probe() -> dict[str, Any] | None:
            used = await self.usage("t4")
            return used if used["heldMilliseconds"] == "0" else None

        found: dict[str, Any] = await self.lab.platform.eventually(probe)
        return found


@pytest.fixture
async def studio(opened: Opened) -> AsyncIterator[Studio]:
    async with opened(*CONTEXTS, launcher=LauncherWithT4()) as visitor:
        lab = await lab_of(visitor.platform)
        visitor.session = {"access_token": lab.person.token}
        yield Studio(visitor, lab)


async def test_an_export_is_followed_until_it_is_taken_home(studio: Studio) -> None:
    run = await completed_run(studio.lab, b"weights")
    created = await studio.create(run)
    id = created.pop("id")
    assert created == {
        "__typename": "Export",
        "state": "QUEUED",
        "stage": None,
        "format": "onnx",
        "runId": run,
        "createdBy": studio.lab.person.id,
        "download": None,
    }
    job = await PlayedExport.of(studio.lab.person, id)
    await job.call("Heartbeat", api.HeartbeatRequest(stage="converting"))
    converting = await studio.export(id)
    assert (converting["state"], converting["stage"], converting["download"]) == ("RUNNING", "converting", None)
    assert (converting["validation"], converting["report"], converting["finishedAt"]) == (None, None, None)

    upload = await job.upload(b"a converted network")
    await job.call("Complete", validated(file=upload))
    done = await studio.export(id)
    assert (done["state"], done["stage"], done["reason"], done["report"]) == ("VALIDATED", None, None, {"opset": 20})
    assert done["validation"] == {
        "samples": 269,
        "maxAbsDiff": 3e-6,
        "tolerance": 1e-5,
        "argmaxMismatches": 0,
        "minCosine": 1.0,
    }
    assert (done["bytes"], done["sha256"]) == ("19", upload.sha256)
    link = done["download"]
    assert (link["name"], link["bytes"], link["sha256"]) == (f"tiny-{run[:6]}.onnx", "19", upload.sha256)
    assert link["url"].startswith("/files/")
    assert (await studio.visitor.http.get(link["url"])).content == b"a converted network"


async def test_a_failed_export_says_why_and_has_no_file(studio: Studio) -> None:
    id = (await studio.create(await completed_run(studio.lab, b"weights")))["id"]
    job = await PlayedExport.of(studio.lab.person, id)
    await job.call("Complete", api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="the outputs differ"))
    failed = await studio.export(id)
    assert (failed["state"], failed["reason"], failed["download"]) == ("FAILED", "the outputs differ", None)


async def test_a_validation_without_figures_is_none(studio: Studio) -> None:
    id = (await studio.create(await completed_run(studio.lab, b"weights")))["id"]
    job = await PlayedExport.of(studio.lab.person, id)
    nothing = proof(max_abs_diff=float("nan"), min_cosine=float("nan"))
    end = api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="no numbers", validation=nothing)
    await job.call("Complete", end)
    failed = await studio.export(id)
    assert (failed["state"], failed["reason"], failed["validation"]) == ("FAILED", "no numbers", None)


async def test_exports_are_listed_by_run_and_by_project_and_refused_in_a_sentence(studio: Studio) -> None:
    run = await completed_run(studio.lab, b"weights")
    made = [(await studio.create(run))["id"] for _ in range(2)]
    listed = await studio.visitor.ask(
        """query($run: ID!, $project: ID!) {
          ofRun: exports(runId: $run, first: 1) { nodes { id } nextPageToken }
          ofProject: exports(projectId: $project) { nodes { id } nextPageToken }
          formats { name title extension }
        }""",
        run=run,
        project=studio.lab.project_id,
    )
    assert listed["ofRun"]["nodes"] == [{"id": made[1]}]
    assert listed["ofRun"]["nextPageToken"]
    assert listed["ofProject"] == {"nodes": [{"id": id} for id in reversed(made)], "nextPageToken": None}
    assert listed["formats"] == [{"name": "onnx", "title": "ONNX", "extension": ".onnx"}]
    unknown, missing = await studio.create(run, "tiff"), await studio.create("nothing")
    assert (unknown["__typename"], unknown["code"], unknown["field"]) == ("Refusal", "REJECTED", "format")
    assert "choose one of: onnx" in unknown["message"]
    assert (missing["__typename"], missing["code"]) == ("Refusal", "NOT_FOUND")


async def test_a_run_is_held_then_metered_and_the_ledger_says_so(studio: Studio) -> None:
    run, worker = await studio.metered_run()
    held = await studio.usage("t4")
    assert (held["heldMilliseconds"], held["meteredMilliseconds"]) == (str(HOUR), "0")
    assert held["remainingMilliseconds"] == str(MONTH - HOUR)
    await worker.complete()
    metered = (await studio.lab.get(run)).device_milliseconds
    assert metered > 0
    assert await studio.settled() == {
        "deviceKind": "t4",
        "meteredMilliseconds": str(metered),
        "heldMilliseconds": "0",
        "remainingMilliseconds": str(MONTH - metered),
        "meteredMicroDollars": str(cost(metered, T4_PRICE)),
    }
    entries = await ledger(studio, run)
    assert [int(entry["id"]) for entry in entries] == sorted((int(entry["id"]) for entry in entries), reverse=True)
    assert {entry["holdId"] for entry in entries} == {run}
    assert {entry["memo"] for entry in entries} == {"hold placed", "hold settled"}
    sums: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        sums[entry["transactionId"], entry["unit"]] += int(entry["amount"])
    assert len(sums) == 4  # two transactions, each in time and in money
    assert not any(sums.values())

    balances = await trial_balance(studio)
    assert balances[f"{studio.lab.person.tenant}:held", "ms:t4"] == 0
    assert balances["revenue", "micro_dollar"] == cost(metered, T4_PRICE)
    assert metered in balances.values()


async def ledger(studio: Studio, run: str) -> list[dict[str, Any]]:
    """Every entry of the run's hold, read page by page once it is settled."""

    async def settled() -> bool:
        newest = (await studio.visitor.ask(LEDGER, hold=run, first=1, after=""))["ledger"]["nodes"]
        return bool(newest) and newest[0]["memo"] == "hold settled"

    await studio.lab.platform.eventually(settled)
    entries: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = (await studio.visitor.ask(LEDGER, hold=run, first=5, after=after))["ledger"]
        entries, after = entries + page["nodes"], page["nextPageToken"]
    return entries


async def trial_balance(studio: Studio) -> dict[tuple[str, str], int]:
    """Amounts by account and unit; the whole is in balance."""
    found = (await studio.visitor.ask("{ trialBalance { balanced balances { account unit amount } } }"))["trialBalance"]
    assert found["balanced"]
    return {(balance["account"], balance["unit"]): int(balance["amount"]) for balance in found["balances"]}


async def test_plans_are_for_everybody_and_usage_names_ones_own(studio: Studio) -> None:
    usage = (await studio.visitor.ask(USAGE))["usage"]
    assert usage["plan"] == FREE
    assert usage["periodStart"] < usage["periodEnd"]
    assert [device["deviceKind"] for device in usage["devices"]] == ["cpu", "t4"]
    assert (await studio.usage("cpu"))["remainingMilliseconds"] is None
    studio.visitor.session = {}
    assert (await studio.visitor.ask(f"{{ plans {{ {PLAN} }} }}"))["plans"] == [FREE]


async def test_others_see_neither_exports_nor_what_they_cost(studio: Studio) -> None:
    id = (await studio.create(await completed_run(studio.lab, b"weights")))["id"]
    run, worker = await studio.metered_run()
    await worker.complete()
    await ledger(studio, run)
    await studio.visitor.register("eve")
    for query, variables in ((EXPORT, {"id": id}), (CREATE, {"run": run, "format": "onnx"})):
        assert "NOT_FOUND" in (await studio.visitor.send(query, variables)).text
    found = await studio.visitor.ask(
        """query($run: ID!, $hold: String!) {
          exports(runId: $run) { nodes { id } }
          ledger(holdId: $hold) { nodes { id } }
          trialBalance { balances { account } }
        }""",
        run=run,
        hold=run,
    )
    assert found == {"exports": {"nodes": []}, "ledger": {"nodes": []}, "trialBalance": {"balances": []}}
    assert (await studio.usage("t4"))["remainingMilliseconds"] == str(MONTH)
