"""How long a run will take: the model on figures, and the answer over real gRPC beside what StartRun says."""

import asyncio
from dataclasses import replace

import grpc
import pytest

import blueprint
from foundry.fit import SMALL_BATCH_MACS
from kernel.launcher import Device
from neuralforge.training.v1 import service_pb2 as api
from services.training import run_service
from services.training.estimates import OVERHEAD_SECONDS, START_SECONDS, Past, Work, estimate
from services.training.fitting import layers
from services.training.processor import Processor, core_flops, processor
from services.training.throughput import (
    CPU_EFFICIENCY,
    CPU_LAYER_FLOPS,
    EFFICIENCY,
    FLOPS_PER_MAC,
    MANY_CORES_MACS,
    PEAKS,
    Throughput,
    on_cpu,
    on_gpu,
)
from tests.services.billing.conftest import Customer
from tests.services.billing.examples import HOUR
from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.training.conftest import CONTEXTS
from tests.services.training.lab import Lab, architecture, lab_of, tiny

WORK = Work("a1", macs=1_000_000, rows=1_000, epochs=10, batch_size=64, precision="float32")
ASSUMED = Throughput(5e10, 0.001, "a guess", overlaps=False)
IDLE = Processor(core_flops=1e11, cores=4, load=0.2)
# 2,000 samples/s, 3 s until attached, 1 s beside the epochs
PAST = Past(replace(WORK, epochs=4), start_seconds=3.0, loop_seconds=2.0, device_seconds=3.0)


BLOCK = {
    "nodes": [
        {"id": "i", "type": "Input"},
        {"id": "l", "type": "Linear", "config": {"out_features": 4}},
        {"id": "o", "type": "Output"},
    ],
    "edges": [{"source": "i", "target": "l"}, {"source": "l", "target": "o"}],
}


def other(macs: int, rate: float, architecture_id: str = "a2") -> Past:
    work = replace(WORK, architecture_id=architecture_id, macs=macs)
    return Past(work, 5.0, WORK.epochs * WORK.rows / rate, WORK.epochs * WORK.rows / rate + 2)


def test_runs_of_the_same_architecture_are_taken_as_they_were():
    found = estimate(WORK, "cpu", [PAST, other(1_000_000, 99_999)], ASSUMED, 0)
    assert found.start_seconds == 3
    assert found.device_seconds == pytest.approx(10 * 1_000 / 2_000 + 1)
    assert found.seconds == pytest.approx(9.0)
    assert found.basis == "measured in 1 completed run of this architecture on cpu: 2,000 samples/s"


def test_another_version_is_scaled_by_its_multiply_accumulates():
    found = estimate(replace(WORK, macs=4_000_000), "cpu", [PAST], ASSUMED, 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 500 + 1)
    assert "scaled by multiply-accumulates per sample: 500 samples/s" in found.basis


@pytest.mark.parametrize("macs", [0, 1_000_000])
def test_a_size_that_is_not_known_scales_nothing(macs: int):
    past = replace(PAST, work=replace(PAST.work, macs=macs))
    assert estimate(replace(WORK, macs=1_000_000 - macs), "cpu", [past], ASSUMED, 0).device_seconds == pytest.approx(6)


def test_the_middle_of_the_newest_five_counts():
    rates = [100, 1_000, 400, 300, 200, 50_000, 50_000]
    found = estimate(WORK, "cpu", [other(1_000_000, rate, "a1") for rate in rates], ASSUMED, 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 300 + 2)
    assert "5 completed runs" in found.basis


def test_runs_alike_in_batch_size_and_precision_go_first():
    bfloat16 = replace(PAST, work=replace(PAST.work, precision="bfloat16"), loop_seconds=1.0)
    large = replace(PAST, work=replace(PAST.work, batch_size=1024), loop_seconds=0.5)
    assert "2,000 samples/s" in estimate(WORK, "cpu", [bfloat16, large, PAST], ASSUMED, 0).basis
    assert "with other batch sizes: 8,000 samples/s" in estimate(WORK, "cpu", [bfloat16, large], ASSUMED, 0).basis
    assert "which ran in bfloat16: 4,000 samples/s" in estimate(WORK, "cpu", [bfloat16], ASSUMED, 0).basis


def test_other_architectures_of_about_the_size_stand_in():
    near, far = other(2_000_000, 1_000), other(100_000_000, 1)
    found = estimate(WORK, "cpu", [far, near], ASSUMED, 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 2_000 + 2)
    assert found.basis.startswith("measured in 1 completed run of other architectures on cpu, scaled by")


def test_without_a_comparable_run_what_is_assumed_counts_and_overheads_are_those_seen():
    large = replace(WORK, macs=50_000_000)
    found = estimate(large, "cpu", [other(100, 1)], ASSUMED, validation_rows=500)
    epoch = 1_000 * 50_000_000 * FLOPS_PER_MAC / 5e10 + 16 * 0.001
    assert found.device_seconds == pytest.approx(10 * epoch * (1 + 0.5 / 3) + 2)
    assert found.start_seconds == 5.0
    assert found.basis == "no comparable run has completed on cpu: assumed a guess"


def test_a_cpu_works_and_steps_a_gpu_steps_while_it_works():
    assert ASSUMED.seconds(5e10, 500) == pytest.approx(1.5)
    assert replace(ASSUMED, overlaps=True).seconds(5e10, 500) == pytest.approx(1.0)


def test_a_cpu_is_assumed_to_do_its_share_of_a_measured_product():
    idle, busy = (on_cpu(replace(IDLE, load=load), 10, 1_000) for load in (0.2, 15.0))
    assert idle.flops == pytest.approx(CPU_EFFICIENCY * 1e11)
    assert idle.step_seconds == pytest.approx(10 * CPU_LAYER_FLOPS / 1e11)
    assert (busy.flops, busy.step_seconds) == pytest.approx((idle.flops / 4, idle.step_seconds * 4))
    assert idle.source == (
        "one core at 68.2 GFLOP/s and 0.6 ms a step for 10 layers, by a matrix product measured on this machine"
    )
    assert busy.source.endswith("measured on this machine beside a load of 15")


def test_large_networks_use_every_core_as_the_trainer_lets_them():
    assert MANY_CORES_MACS == SMALL_BATCH_MACS
    small, large = (on_cpu(IDLE, 10, macs) for macs in (MANY_CORES_MACS - 1, MANY_CORES_MACS))
    assert large.flops == pytest.approx(4 * small.flops)
    assert large.source.startswith("4 cores at 272.7 GFLOP/s")


async def test_this_machine_is_measured_once_and_the_loop_goes_on_meanwhile():
    core_flops.cache_clear()
    measuring = asyncio.ensure_future(processor())
    await asyncio.sleep(0)
    assert not measuring.done()
    first, again = await measuring, await processor()
    assert again.core_flops == first.core_flops > 1e8
    assert (first.cores >= 1, 0 < first.share <= 1) == (True, True)


def test_layers_in_blocks_count_as_often_as_they_run():
    network = blueprint.resolve(blueprint.instantiate("digits-resnet"))
    assert layers(network) == 25
    block = {"id": "b", "type": "Block", "config": {"repeat": 3}, "graph": BLOCK}
    nodes = [{"id": "in", "type": "Input", "config": {"shape": ["B", 4]}}, block, {"id": "out", "type": "Output"}]
    edges = [{"source": "in", "target": "b"}, {"source": "b", "target": "out"}]
    document = {"schema": "neuralforge.blueprint/1", "name": "blocks", "nodes": nodes, "edges": edges}
    assert layers(blueprint.resolve(blueprint.parse(document))) == 2 + 3 * 3


@pytest.mark.parametrize("kind", PEAKS)
def test_gpus_are_assumed_by_their_data_sheets(kind: str):
    flops = [on_gpu(kind, precision).flops for precision in ("float32", "bfloat16")]
    assert flops == pytest.approx([EFFICIENCY * peak for peak in PEAKS[kind]])
    assert on_gpu(kind, "float32").overlaps


def test_an_unknown_gpu_says_so():
    assert "of a T4, as this GPU is not known" in on_gpu("cuda", "float32").source


async def asked(lab: Lab, **fields: object) -> api.EstimateRunResponse:
    chosen = {"architecture_id": lab.architecture_id, "dataset_id": lab.dataset_id}
    request = api.EstimateRunRequest(**(chosen | fields))  # type: ignore[arg-type]
    answer: api.EstimateRunResponse = await lab.call("EstimateRun", request)
    return answer


async def test_an_estimate_rests_on_the_last_run_and_holds_nothing(lab: Lab):
    first = await asked(lab)
    assert "no comparable run has completed on cpu: assumed one core at " in first.basis
    assert " ms a step for 7 layers, by a matrix product measured on this machine" in first.basis
    assert (first.micro_dollars, first.sufficient, first.refusal) == (0, True, "")
    assert not first.HasField("remaining_milliseconds")
    assert first.seconds > first.device_milliseconds / 1000 > 0

    run = await lab.start(options=api.TrainingOptions(epochs=2))
    worker = await lab.worker(run.id)
    await worker.attach()
    await worker.report(progress=api.Progress(step=4, steps=4, seconds=8.0))
    await worker.complete()

    async def measured() -> api.EstimateRunResponse | None:
        found = await asked(lab, options=api.TrainingOptions(epochs=6))
        return found if found.basis.startswith("measured in 1 completed run of this architecture on cpu: ") else None

    found = await lab.platform.eventually(measured)
    assert found.device_milliseconds == pytest.approx(3 * 8_000, abs=2)
    assert (await asked(lab, options=api.TrainingOptions(epochs=6, batch_size=8))).basis.count("other batch sizes") == 1
    listed = await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id))
    assert [each.id for each in listed.runs] == [run.id]
    assert not (await Customer(lab.person).usage("cpu")).held_milliseconds


async def test_a_busy_machine_is_estimated_to_take_longer(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    async def seconds(load: float) -> float:
        async def now() -> Processor:
            return replace(IDLE, load=load)

        monkeypatch.setattr(run_service, "processor", now)
        return (await asked(lab, options=api.TrainingOptions(epochs=10_000))).seconds

    idle, busy = await seconds(0), await seconds(39)
    beside = START_SECONDS["cpu"] + OVERHEAD_SECONDS["cpu"]
    assert busy - beside == pytest.approx(10 * (idle - beside), rel=0.01)


async def test_what_does_not_fit_is_refused_in_the_words_of_a_start(lab: Lab):
    wide = await architecture(lab.person, lab.project_id, tiny(scores={"out_features": 9}))
    found = await asked(lab, architecture_id=wide)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await lab.start(architecture_id=wide)
    assert found.refusal == error.value.details()
    assert "9" in found.refusal
    assert not any(found.HasField(name) for name in ("seconds", "device_milliseconds", "micro_dollars"))
    assert found.basis


async def test_quota_and_ceiling_are_told_in_the_words_of_a_start(hosted: Hosted):
    class WithGpus(IdleLauncher):
        async def devices(self):
            t4, h100 = Device("cuda:0", "cuda", 2**30, "Tesla T4"), Device("cuda:1", "cuda", 2**30, "NVIDIA H100")
            return [*await super().devices(), t4, h100]

    async with hosted(*CONTEXTS, launcher=WithGpus()) as platform:
        lab = await lab_of(platform)
        for fields, words in (
            ({"device": "cuda:0", "limit_milliseconds": 3 * HOUR}, "allows $1.00 a run"),
            ({"device": "cuda:1"}, "does not include h100 devices"),
        ):
            found = await asked(lab, **fields)
            with pytest.raises(grpc.aio.AioRpcError, match="plan") as error:
                await lab.start(**fields)
            assert found.refusal == error.value.details()
            assert words in found.refusal
        assert (found.sufficient, found.HasField("micro_dollars")) == (False, False)

        paid = await asked(lab, device="cuda:0")
        assert (paid.refusal, paid.sufficient, paid.remaining_milliseconds) == ("", True, 10 * HOUR)
        assert paid.micro_dollars == -(-paid.device_milliseconds * 350_000 // HOUR) > 0
        endless = await asked(lab, device="cuda:0", options=api.TrainingOptions(epochs=100_000, batch_size=1))
        assert endless.device_milliseconds > 10 * HOUR
        assert (endless.refusal, endless.sufficient) == ("", False)
        for number in range(5):
            await Customer(lab.person).place(f"other-{number}", 2 * HOUR, "t4")
        spent = await asked(lab, device="cuda:0")
        assert (spent.remaining_milliseconds, spent.sufficient) == (0, False)
        assert "0 s of 10 h are left" in spent.refusal


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"options": api.TrainingOptions(epochs=-1)}, "INVALID_ARGUMENT"),
        ({"device": "cuda:9"}, "FAILED_PRECONDITION"),
        ({"architecture_id": "nowhere"}, "NOT_FOUND"),
        ({"dataset_id": "nowhere"}, "NOT_FOUND"),
    ],
)
async def test_rejected_estimates(lab: Lab, fields: dict[str, object], code: str):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await asked(lab, **fields)
    assert error.value.code().name == code
