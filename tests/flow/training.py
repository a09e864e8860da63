"""A training run as a person sees it over GraphQL: prepared, started, looked at, compared with another."""

import json
from dataclasses import dataclass
from typing import Any

from cli.client import Client
from tests.services.training.lab import TINY

# Measured by the clock on the wall; everything else must not change from run to run.
WALL_CLOCK = "samples_per_second"
REFUSED = "... on Refusal { __typename message }"
FIGURES = "evaluation testAccuracy bestEpoch bestValidationAccuracy"
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass(frozen=True)
class Bench:
    """What runs are started on."""

    architecture: str
    dataset: str


async def sign_in(client: Client) -> None:
    await client.sign_in("ada@example.com", "correct horse battery", "Ada")


async def prepare(client: Client) -> Bench:
    """A new project with the tiny network as version 1 and the digits, ingested."""
    project = await client.ask(f'mutation {{ createProject(name: "digits") {{ ... on Project {{ id }} {REFUSED} }} }}')
    create = f"""mutation($project: ID!, $document: JSON!) {{
      createArchitecture(projectId: $project, document: $document) {{ ... on Architecture {{ id }} {REFUSED} }} }}"""
    architecture = await client.ask(create, project=project["id"], document=TINY)
    save = f"mutation($id: ID!) {{ saveVersion(architectureId: $id) {{ ... on Version {{ number }} {REFUSED} }} }}"
    await client.ask(save, id=architecture["id"])
    ingest = f"""mutation($project: ID!) {{
      createDataset(projectId: $project, builtin: "digits") {{ ... on Dataset {{ id }} {REFUSED} }} }}"""
    dataset = await client.ask(ingest, project=project["id"])
    ask = "query($id: ID!) { datasetVersion(datasetId: $id) { state } }"
    await client.until(ask, lambda answer: answer["state"] == "READY", what="the ingest", id=dataset["id"])
    return Bench(architecture["id"], dataset["id"])


async def start(client: Client, bench: Bench, epochs: int) -> str:
    """The id of a new run; runs of as many epochs are equal in all but their ids."""
    begin = f"""mutation($architecture: ID!, $dataset: ID!, $options: TrainingOptionsInput) {{
      startRun(architectureId: $architecture, datasetId: $dataset, options: $options) {{
        ... on Run {{ id }} {REFUSED} }} }}"""
    options = {"epochs": epochs, "learningRate": 0.01, "seed": "5"}
    run = await client.ask(begin, architecture=bench.architecture, dataset=bench.dataset, options=options)
    return str(run["id"])


async def past_a_checkpoint(client: Client, run: str) -> None:
    """Returns once the run has a checkpoint of its last state and goes on training."""
    ask = "query($id: ID!) { run(id: $id) { state progress { step } checkpoints { kind step } } }"

    def beyond(answer: Any) -> bool:
        assert answer["state"] not in ENDED, "the run is over already: give it more epochs"
        last = [int(kept["step"]) for kept in answer["checkpoints"] if kept["kind"] == "LAST"]
        return bool(last and answer["progress"] and int(answer["progress"]["step"]) > last[0])

    await client.until(ask, beyond, what="the first checkpoint", id=run)


async def completed(client: Client, run: str) -> dict[str, Any]:
    """The run, completed, with its curves but for those that the clock decides."""
    ask = f"""query($id: ID!) {{ run(id: $id) {{ id state reason attempt deviceMilliseconds {FIGURES}
      metrics(points: 0) {{ name steps values totalPoints }} }} }}"""
    found: dict[str, Any] = await client.until(ask, lambda answer: answer["state"] in ENDED, what="the run", id=run)
    assert found["state"] == "COMPLETED", found["reason"]
    return found


def learned(run: dict[str, Any]) -> str:
    """Everything the run found out, to be compared bit for bit."""
    curves = {series["name"]: series for series in run["metrics"] if series["name"] != WALL_CLOCK}
    figures = {name: run[name] for name in FIGURES.split()}
    return json.dumps(curves | figures, sort_keys=True)


async def ledger(client: Client, run: str) -> list[tuple[str, int]]:
    """(memo, amount) of every entry of the run's hold in device time, once it is settled."""
    ask = "query($id: String!) { ledger(holdId: $id, first: 100) { nodes { account unit amount memo } } }"

    def settled(answer: Any) -> bool:
        return any("settled" in entry["memo"] for entry in answer["nodes"])

    nodes = (await client.until(ask, settled, what="the settlement", id=run))["nodes"]
    return [(entry["memo"], int(entry["amount"])) for entry in nodes if ":metered:" in entry["account"]]
