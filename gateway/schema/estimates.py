"""What a run would take and cost, before it is started."""

import strawberry

from gateway.context import Info
from gateway.scalars import BigInt
from gateway.schema.options import TrainingOptionsInput, options_message
from neuralforge.training.v1 import service_pb2 as api


@strawberry.type(description="The three figures are null where the network cannot be trained on the data.")
class RunEstimate:
    seconds: float | None = strawberry.field(description="From launch to end, without waiting for a free device.")
    device_milliseconds: BigInt | None = strawberry.field(description="What is metered.")
    micro_dollars: BigInt | None = strawberry.field(description="Null also where the plan does not include the device.")
    basis: str = strawberry.field(description="One sentence: what the figures rest on.")
    remaining_milliseconds: BigInt | None = strawberry.field(description="Of this month's quota; null means no limit.")
    sufficient: bool = strawberry.field(description="Whether quota and the plan's ceiling per run cover the time.")
    refusal: str | None = strawberry.field(description="What startRun would be refused with, if it would.")


def run_estimate(message: api.EstimateRunResponse) -> RunEstimate:
    def given(name: str) -> BigInt | None:
        return BigInt(getattr(message, name)) if message.HasField(name) else None  # type: ignore[arg-type]

    return RunEstimate(
        seconds=message.seconds if message.HasField("seconds") else None,
        device_milliseconds=given("device_milliseconds"),
        micro_dollars=given("micro_dollars"),
        basis=message.basis,
        remaining_milliseconds=given("remaining_milliseconds"),
        sufficient=message.sufficient,
        refusal=message.refusal or None,
    )


@strawberry.type
class EstimateQuery:
    @strawberry.field(description="Of startRun with the same arguments.")
    async def estimate_run(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        dataset_id: strawberry.ID,
        architecture_version: int = 0,
        dataset_version: int = 0,
        options: TrainingOptionsInput | None = None,
        device: str = "",
        limit_milliseconds: BigInt | None = None,
    ) -> RunEstimate:
        request = api.EstimateRunRequest(
            architecture_id=architecture_id,
            architecture_version=architecture_version,
            dataset_id=dataset_id,
            dataset_version=dataset_version,
            options=options_message(options),
            device=device,
            limit_milliseconds=limit_milliseconds or 0,
        )
        return run_estimate(await info.context.ask(info.context.stubs.runs.EstimateRun, request))
