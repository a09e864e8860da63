"""How long a run will take: the model on figures, and the answer over real gRPC beside what StartRun says."""

from dataclasses import replace

import grpc
import pytest

from kernel.launcher import Device
from neuralforge.training.v1 import service_pb2 as api
from services.training.estimates import Past, Work, estimate
from services.training.throughput import CPU, CPU_STEP_SECONDS, EFFICIENCY, FLOPS_PER_MAC, PEAKS
from tests.services.billing.conftest import Customer
from tests.services.billing.examples import HOUR
from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.training.conftest import CONTEXTS
from tests.services.training.lab import Lab, architecture, lab_of, tiny

WORK = Work("a1", macs=1_000_000, rows=1_000, epochs=10, batch_size=64, precision="float32")
# 2,000 samples/s, 3 s until attached, 1 s beside the epochs
PAST = Past(replace(WORK, epochs=4), start_seconds=3.0, loop_seconds=2.0, device_seconds=3.0)


def other(macs: int, rate: float, architecture_id: str = "a2") -> Past:
    work = replace(WORK, architecture_id=architecture_id, macs=macs)
    return Past(work, 5.0, WORK.epochs * WORK.rows / rate, WORK.epochs * WORK.rows / rate + 2)


def test_runs_of_the_same_architecture_are_taken_as_they_were():
    found = estimate(WORK, "cpu", [PAST, other(1_000_000, 99_999)], 0)
    assert found.start_seconds == 3
    assert found.device_seconds == pytest.approx(10 * 1_000 / 2_000 + 1)
    assert found.seconds == pytest.approx(9.0)
    assert found.basis == "measured in 1 completed run of this architecture on cpu: 2,000 samples/s"


def test_another_version_is_scaled_by_its_multiply_accumulates():
    found = estimate(replace(WORK, macs=4_000_000), "cpu", [PAST], 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 500 + 1)
    assert "scaled by multiply-accumulates per sample: 500 samples/s" in found.basis


@pytest.mark.parametrize("macs", [0, 1_000_000])
def test_a_size_that_is_not_known_scales_nothing(macs: int):
    past = replace(PAST, work=replace(PAST.work, macs=macs))
    assert estimate(replace(WORK, macs=1_000_000 - macs), "cpu", [past], 0).device_seconds == pytest.approx(6)


def test_the_middle_of_the_newest_five_counts():
    rates = [100, 1_000, 400, 300, 200, 50_000, 50_000]
    found = estimate(WORK, "cpu", [other(1_000_000, rate, "a1") for rate in rates], 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 300 + 2)
    assert "5 completed runs" in found.basis


def test_runs_alike_in_batch_size_and_precision_go_first():
    bfloat16 = replace(PAST, work=replace(PAST.work, precision="bfloat16"), loop_seconds=1.0)
    large = replace(PAST, work=replace(PAST.work, batch_size=1024), loop_seconds=0.5)
    assert "2,000 samples/s" in estimate(WORK, "cpu", [bfloat16, large, PAST], 0).basis
    assert "with other batch sizes: 8,000 samples/s" in estimate(WORK, "cpu", [bfloat16, large], 0).basis
    assert "which ran in bfloat16: 4,000 samples/s" in estimate(WORK, "cpu", [bfloat16], 0).basis


def test_other_architectures_of_about_the_size_stand_in():
    near, far = other(2_000_000, 1_000), other(100_000_000, 1)
    found = estimate(WORK, "cpu", [far, near], 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 / 2_000 + 2)
    assert found.basis.startswith("measured in 1 completed run of other architectures on cpu, scaled by")


def test_without_a_comparable_run_the_stated_throughput_counts_and_overheads_are_those_seen():
    large = replace(WORK, macs=50_000_000)
    found = estimate(large, "cpu", [other(100, 1)], 0)
    assert found.device_seconds == pytest.approx(10 * 1_000 * 50_000_000 * FLOPS_PER_MAC / CPU + 2)
    assert found.start_seconds == 5.0
    assert found.basis == (
        "no comparable run has completed on cpu: assumed 49 GFLOP/s, as measured with digits-cnn on two cores"
    )


def test_a_tiny_network_takes_its_steps_and_validation():
    tiny_work = replace(WORK, macs=10, rows=640)
    found = estimate(tiny_work, "cpu", [], validation_rows=320)
    assert found.device_seconds == pytest.approx(10 * 10 * CPU_STEP_SECONDS * (1 + 0.5 / 3) + 2)


@pytest.mark.parametrize("kind", PEAKS)
def test_gpus_are_assumed_by_their_data_sheets(kind: str):
    large = replace(WORK, macs=10**12)
    seconds = [
        estimate(replace(large, precision=precision), kind, [], 0).device_seconds - 5
        for precision in ("float32", "bfloat16")
    ]
    assert seconds == pytest.approx([10 * 1_000 * 10**12 * FLOPS_PER_MAC / EFFICIENCY / peak for peak in PEAKS[kind]])


def test_an_unknown_gpu_says_so():
    assert "of a T4, as this GPU is not known" in estimate(WORK, "cuda", [], 0).basis


async def asked(lab: Lab, **fields: object) -> api.EstimateRunResponse:
    chosen = {"architecture_id": lab.architecture_id, "dataset_id": lab.dataset_id}
    request = api.EstimateRunRequest(**(chosen | fields))  # type: ignore[arg-type]
    answer: api.EstimateRunResponse = await lab.call("EstimateRun", request)
    return answer


async def test_an_estimate_rests_on_the_last_run_and_holds_nothing(lab: Lab):
    first = await asked(lab)
    assert "no comparable run has completed on cpu" in first.basis
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
