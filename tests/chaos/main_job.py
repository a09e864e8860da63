"""The main job, small: invite, draw, save, edit, save, take data, train, export, be billed; to the end of all of it."""

from dataclasses import dataclass
from typing import Any

from tests.chaos.person import Person
from tests.services.training.lab import TINY

REFUSED = "... on Refusal { __typename code message }"
CREATE_PROJECT = f"""mutation($name: String!, $key: String) {{
  createProject(name: $name, key: $key) {{ ... on Project {{ id }} {REFUSED} }} }}"""
EDITS = [{"op": "configure", "id": "hidden", "set": {"out_features": 24}}]
PATIENCE_SECONDS = 600.0


@dataclass
class Outcome:
    """What one person's job came to. `trouble` names what ended otherwise than it should, `guest` who was invited."""

    tenant: str
    project: str = ""
    run: str = ""
    export: str = ""
    attempts: int = 0
    device_milliseconds: int = 0
    trouble: str = ""
    guest: str = ""


async def main_job(person: Person, key: str, *, epochs: int) -> Outcome:
    """Does the job; commands carry keys that begin with `key`. A job that the platform gave up is told as trouble."""
    await person.sign_in()
    outcome = Outcome(person.tenant)
    outcome.project = await _project(person, key)
    await _invited(person, key, outcome)
    architecture = await _drawn(person, key, outcome.project)
    dataset = await _data(person, key, outcome)
    if not outcome.trouble:
        await _trained(person, key, architecture, dataset, epochs, outcome)
    if not outcome.trouble:
        await _exported(person, key, outcome)
    if outcome.run:
        await _settled(person, outcome)
    return outcome


async def _project(person: Person, key: str) -> str:
    return str((await person.do("createProject", CREATE_PROJECT, f"{key}-project", name=key))["id"])


async def _invited(person: Person, key: str, outcome: Outcome) -> None:
    invite = f"""mutation($email: String!, $key: String) {{
      createInvitation(email: $email, role: VIEWER, key: $key) {{ ... on SentInvitation {{ mailed }} {REFUSED} }} }}"""
    guest = f"{key}@guests.example.com"
    await person.do("createInvitation", invite, f"{key}-invitation", email=guest)
    outcome.guest = guest


async def _drawn(person: Person, key: str, project: str) -> str:
    create = f"""mutation($project: ID!, $document: JSON!, $key: String) {{
      createArchitecture(projectId: $project, document: $document, key: $key) {{
        ... on Architecture {{ id }} {REFUSED} }} }}"""
    made = await person.do("createArchitecture", create, f"{key}-drawing", project=project, document=TINY)
    id = str(made["id"])
    save = f"""mutation($id: ID!, $key: String) {{
      saveVersion(architectureId: $id, key: $key) {{ ... on Version {{ number }} {REFUSED} }} }}"""
    await person.do("saveVersion", save, f"{key}-first", id=id)
    edit = f"""mutation($id: ID!, $edits: JSON!, $key: String) {{
      applyEdits(architectureId: $id, edits: $edits, key: $key) {{ ... on Architecture {{ revision }} {REFUSED} }} }}"""
    await person.do("applyEdits", edit, f"{key}-edit", id=id, edits=EDITS)
    await person.do("saveVersion", save, f"{key}-second", id=id)
    return id


async def _data(person: Person, key: str, outcome: Outcome) -> str:
    create = f"""mutation($project: ID!, $key: String) {{
      createDataset(projectId: $project, builtin: "digits", key: $key) {{ ... on Dataset {{ id }} {REFUSED} }} }}"""
    dataset = str((await person.do("createDataset", create, f"{key}-data", project=outcome.project))["id"])
    ask = "query($id: ID!) { datasetVersion(datasetId: $id) { state failure } }"
    ready = await person.until(ask, lambda answer: answer["state"] != "INGESTING", PATIENCE_SECONDS, id=dataset)
    if ready["state"] != "READY":
        outcome.trouble = f"the ingest of {dataset} ended as {ready['state']}: {ready['failure']}"
    return dataset


async def _trained(person: Person, key: str, architecture: str, dataset: str, epochs: int, outcome: Outcome) -> None:
    start = f"""mutation($architecture: ID!, $dataset: ID!, $options: TrainingOptionsInput, $key: String) {{
      startRun(architectureId: $architecture, datasetId: $dataset, options: $options, device: "cpu", key: $key) {{
        ... on Run {{ id }} {REFUSED} }} }}"""
    options = {"epochs": epochs, "learningRate": 0.01, "seed": "5"}
    given: dict[str, Any] = {"architecture": architecture, "dataset": dataset, "options": options}
    outcome.run = str((await person.do("startRun", start, f"{key}-run", **given))["id"])
    ask = "query($id: ID!) { run(id: $id) { state reason attempt deviceMilliseconds } }"
    over = ("COMPLETED", "FAILED", "CANCELLED")
    run = await person.until(ask, lambda answer: answer["state"] in over, PATIENCE_SECONDS, id=outcome.run)
    outcome.attempts, outcome.device_milliseconds = run["attempt"], int(run["deviceMilliseconds"])
    if run["state"] != "COMPLETED":
        outcome.trouble = f"the run {outcome.run} ended as {run['state']}: {run['reason']}"


async def _exported(person: Person, key: str, outcome: Outcome) -> None:
    create = f"""mutation($run: ID!, $key: String) {{
      createExport(runId: $run, format: "onnx", key: $key) {{ ... on Export {{ id }} {REFUSED} }} }}"""
    outcome.export = str((await person.do("createExport", create, f"{key}-export", run=outcome.run))["id"])
    ask = "query($id: ID!) { export(id: $id) { state reason } }"
    over = ("VALIDATED", "CONVERTED_NOT_VALIDATED", "UNAVAILABLE", "FAILED")
    export = await person.until(ask, lambda answer: answer["state"] in over, PATIENCE_SECONDS, id=outcome.export)
    if export["state"] != "VALIDATED":
        outcome.trouble = f"the export {outcome.export} ended as {export['state']}: {export['reason']}"


async def _settled(person: Person, outcome: Outcome) -> None:
    ask = "query($id: String!) { ledger(holdId: $id, first: 100) { nodes { memo } } }"

    def settled(answer: Any) -> bool:
        return any("settled" in entry["memo"] for entry in answer["nodes"])

    await person.until(ask, settled, PATIENCE_SECONDS, id=outcome.run)
