"""The main job as a person does it in the studio: draw, save, take data, train, judge, export, pay.

Every step goes through the gateway; nothing here reaches behind it.
"""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import blueprint
from cli.check import show
from cli.client import Client
from cli.failures import Failure
from cli.progress import Steps

EMAIL = "demo@example.com"
PROJECT = "Handwritten digits"
RUN = "demo"
OPTIONS = {"epochs": 20, "batchSize": 64, "learningRate": 0.002, "labelSmoothing": 0.1, "seed": "0"}
EDITS: list[dict[str, Any]] = [
    {"op": "configure", "id": "conv3", "set": {"out_channels": 48}},
    {"op": "disconnect", "edge": {"source": "pool1", "target": "conv3"}},
    {"op": "add_node", "node": {"id": "dropout1", "type": "Dropout", "config": {"p": 0.1}}},
    {"op": "connect", "edge": {"source": "pool1", "target": "dropout1"}},
    {"op": "connect", "edge": {"source": "dropout1", "target": "conv3"}},
]
REFUSED = "... on Refusal { __typename message }"
TERMINAL = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass
class Outcome:
    """What the job came to: answers of the gateway as they were, files as bytes, seconds per stage."""

    version: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    splits: dict[str, list[int]] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    weights: bytes = b""
    export: dict[str, Any] = field(default_factory=dict)
    model: bytes = b""
    metered_ms: int = 0
    balanced: bool = False
    seconds: dict[str, float] = field(default_factory=dict)


async def do(client: Client, console: Console) -> Outcome:
    """Does the whole job; raises Failure with the sentence of whatever refused."""
    outcome = Outcome()
    project = await _project(client, console)
    architecture = await _draw(client, console, project, outcome)
    dataset = await _data(client, console, project, outcome)
    await _clear(client, console, project)
    await _train(client, console, architecture, dataset, outcome)
    _judge(console, outcome)
    await _export(client, console, outcome)
    await _settle(client, console, outcome)
    return outcome


async def _project(client: Client, console: Console) -> str:
    found = await client.ask("query($name: String!) { projects(name: $name) { nodes { id } } }", name=PROJECT)
    if found["nodes"]:
        console.print(f"project   {PROJECT!r}, there already")
        return str(found["nodes"][0]["id"])
    create = f"mutation($name: String!) {{ createProject(name: $name) {{ ... on Project {{ id }} {REFUSED} }} }}"
    console.print(f"project   {PROJECT!r}, new")
    return str((await client.ask(create, name=PROJECT))["id"])


async def _draw(client: Client, console: Console, project: str, outcome: Outcome) -> str:
    """The template as version 1, a batch of edits as version 2, and the difference between them."""
    create = f"""mutation($project: ID!) {{
      createArchitecture(projectId: $project, template: {{name: "digits-cnn"}}) {{
        ... on Architecture {{ id }} {REFUSED} }}
    }}"""
    architecture = str((await client.ask(create, project=project))["id"])
    save = f"""mutation($id: ID!, $message: String!) {{
      saveVersion(architectureId: $id, message: $message) {{ ... on Version {{ number }} {REFUSED} }}
    }}"""
    await client.ask(save, id=architecture, message="the template digits-cnn")
    apply = f"""mutation($id: ID!, $edits: JSON!) {{
      applyEdits(architectureId: $id, edits: $edits) {{ ... on Architecture {{ revision }} {REFUSED} }}
    }}"""
    await client.ask(apply, id=architecture, edits=EDITS)
    await client.ask(save, id=architecture, message="a slimmer last convolution, and dropout before it")
    version = "query($id: ID!) { version(architectureId: $id) { number params macs contentHash document analysis } }"
    outcome.version = await client.ask(version, id=architecture)
    outcome.source = await client.ask("query($id: ID!) { source(architectureId: $id) }", id=architecture)
    console.print("drawn     template digits-cnn as version 1, edited and saved as version 2")
    show(blueprint.parse(outcome.version["document"]), outcome.version["analysis"], console)
    difference = """query($id: ID!) { versionDiff(architectureId: $id, base: 1, target: 2) {
      edits figures { name before after } } }"""
    _show_difference(await client.ask(difference, id=architecture), console)
    return architecture


def _show_difference(difference: dict[str, Any], console: Console) -> None:
    console.print("from version 1 to version 2:")
    for edit in difference["edits"]:
        rest = {key: value for key, value in edit.items() if key != "op"}
        console.print(f"  {edit['op']} {rest}", markup=False, highlight=False)
    for figure in difference["figures"]:
        if figure["before"] != figure["after"]:
            console.print(f"  {figure['name'].replace('_', ' ')}: {figure['before']} -> {figure['after']}")


async def _data(client: Client, console: Console, project: str, outcome: Outcome) -> str:
    """The digits as an immutable version, made where the project has none."""
    find = 'query($project: ID!) { datasets(projectId: $project, name: "digits") { nodes { id } } }'
    found = (await client.ask(find, project=project))["nodes"]
    if found:
        dataset = str(found[0]["id"])
    else:
        create = f"""mutation($project: ID!) {{
          createDataset(projectId: $project, builtin: "digits", name: "digits") {{ ... on Dataset {{ id }} {REFUSED} }}
        }}"""
        dataset = str((await client.ask(create, project=project))["id"])
    ask = """query($id: ID!) { datasetVersion(datasetId: $id) {
      state failure contentHash rows trainRows validationRows testRows files { name url } } }"""
    with console.status("the dataset service reads the digits ..."):
        version = await client.until(ask, lambda answer: answer["state"] != "INGESTING", what="the ingest", id=dataset)
    if version["state"] != "READY":
        raise Failure(f"the digits could not be made a dataset: {version['failure']}")
    parts = f"{version['trainRows']} train, {version['validationRows']} validation, {version['testRows']} test"
    console.print(f"data      digits, {version['rows']} images ({parts}), {version['contentHash'][:12]}")
    splits = next(file for file in version["files"] if file["name"] == "splits.json")
    outcome.splits = json.loads(await client.download(splits["url"]))
    return dataset


async def _clear(client: Client, console: Console, project: str) -> None:
    """Cancels what an interrupted demo left in the queue, so that this one's run does not wait for it."""
    ask = """query($project: ID!) {
      runs(projectId: $project, states: [QUEUED, STARTING, RUNNING]) { nodes { id name } } }"""
    for run in (await client.ask(ask, project=project))["nodes"]:
        if run["name"] == RUN:
            cancel = f"mutation($id: ID!) {{ cancelRun(id: $id) {{ ... on Run {{ id }} {REFUSED} }} }}"
            await client.ask(cancel, id=run["id"])
            console.print("cancelled the run that an interrupted demo left")


async def _train(client: Client, console: Console, architecture: str, dataset: str, outcome: Outcome) -> None:
    started = time.monotonic()
    start = f"""mutation($architecture: ID!, $dataset: ID!, $options: TrainingOptionsInput) {{
      startRun(architectureId: $architecture, datasetId: $dataset, options: $options, device: "cpu", name: "{RUN}") {{
        ... on Run {{ id }} {REFUSED} }}
    }}"""
    run = await client.ask(start, architecture=architecture, dataset=dataset, options=OPTIONS)
    watch = """subscription($id: ID!) { runProgress(runId: $id) { __typename
      ... on Run { state reason } ... on Progress { epoch epochs step steps samplesPerSecond } } }"""
    with Steps("train    ", 100, json=False) as steps:
        epoch = 0
        async for update in client.subscribe(watch, id=run["id"]):
            if update["__typename"] == "Progress" and int(update["steps"]):
                note = f"epoch {update['epoch']}/{update['epochs']}, {update['samplesPerSecond']:.0f} images/s"
                done = round(100 * int(update["step"]) / int(update["steps"]))
                steps.step(done, note, quiet=update["epoch"] == epoch)
                epoch = update["epoch"]
            elif update["__typename"] == "Run" and update["state"] in TERMINAL:
                break
    ask = """query($id: ID!) { run(id: $id) { id state reason attempt deviceMilliseconds bestEpoch
      bestValidationAccuracy testAccuracy evaluation options { epochs seed }
      metrics(points: 0) { name steps values } checkpoints { kind epoch files { name url } } } }"""
    outcome.run = await client.ask(ask, id=run["id"])
    if outcome.run["state"] != "COMPLETED":
        raise Failure(f"the run ended as {outcome.run['state'].lower()}: {outcome.run['reason']}")
    outcome.curves = {series["name"]: _points(series) for series in outcome.run["metrics"]}
    best = next(checkpoint for checkpoint in outcome.run["checkpoints"] if checkpoint["kind"] == "BEST")
    weights = next(file for file in best["files"] if file["name"] == "model.safetensors")
    outcome.weights = await client.download(weights["url"])
    outcome.seconds["train"] = time.monotonic() - started
    console.print(f"trained   {outcome.run['options']['epochs']} epochs in {outcome.seconds['train']:.1f} s")


def _points(series: dict[str, Any]) -> tuple[Any, Any]:
    """(steps, values) of a curve as arrays."""
    steps = np.frombuffer(base64.b64decode(series["steps"]), dtype="<i8")
    return steps, np.frombuffer(base64.b64decode(series["values"]), dtype="<f4")


def _judge(console: Console, outcome: Outcome) -> None:
    evaluation = outcome.run["evaluation"]
    table = Table(title="test split", title_justify="left", pad_edge=False)
    for heading in ("class", "precision", "recall", "F1", "images", "taken for"):
        table.add_column(heading, justify="left" if heading in ("class", "taken for") else "right")
    confusion = evaluation["confusion"]
    for number, row in enumerate(evaluation["classes"]):
        mistaken = [f"{count}x {other}" for other, count in enumerate(confusion[number]) if count and other != number]
        figures = ["-" if row[name] is None else f"{row[name]:.3f}" for name in ("precision", "recall", "f1")]
        table.add_row(escape(row["name"]), *figures, str(row["support"]), ", ".join(mistaken))
    console.print(table)
    console.print(f"accuracy  {evaluation['accuracy']:.4f} on the test split")


async def _export(client: Client, console: Console, outcome: Outcome) -> None:
    started = time.monotonic()
    create = f"""mutation($run: ID!) {{
      createExport(runId: $run, format: "onnx") {{ ... on Export {{ id }} {REFUSED} }} }}"""
    export = await client.ask(create, run=outcome.run["id"])
    ask = """query($id: ID!) { export(id: $id) { state stage reason bytes
      validation { samples maxAbsDiff tolerance argmaxMismatches } download { name url } } }"""
    with console.status("exporting to ONNX ...") as status:

        def done(answer: dict[str, Any]) -> bool:
            status.update(f"exporting to ONNX: {answer['stage'] or 'waiting'} ...")
            return answer["state"] not in ("QUEUED", "RUNNING")

        outcome.export = await client.until(ask, done, what="the export", id=export["id"])
    if outcome.export["state"] != "VALIDATED":
        raise Failure(f"the export ended as {outcome.export['state'].lower()}: {outcome.export['reason']}")
    outcome.model = await client.download(outcome.export["download"]["url"])
    outcome.seconds["export"] = time.monotonic() - started
    found = outcome.export["validation"]
    console.print(
        f"exported  ONNX equals the trained network on {found['samples']} samples "
        f"(max difference {found['maxAbsDiff']:.1e}, allowed {found['tolerance']:.0e})"
    )


async def _settle(client: Client, console: Console, outcome: Outcome) -> None:
    """Waits until the hold of the run has become metered time, and reads the ledger."""
    ask = """query($id: String!) { ledger(holdId: $id, first: 100) { nodes { account unit amount memo } } }"""

    def metered(answer: dict[str, Any]) -> list[int]:
        return [int(entry["amount"]) for entry in answer["nodes"] if ":metered:" in entry["account"]]

    with console.status("waiting for the hold to settle ..."):
        answer = await client.until(ask, lambda answer: bool(metered(answer)), what="settling", id=outcome.run["id"])
    outcome.metered_ms = sum(metered(answer))
    outcome.balanced = (await client.ask("{ trialBalance { balanced } }"))["balanced"]
    word = "in balance" if outcome.balanced else "NOT in balance"
    console.print(f"settled   {outcome.metered_ms:,} ms of cpu time metered, ledger {word}")
