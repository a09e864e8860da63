"""People with accounts, and what they make over the API when a test is about something else."""

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any, cast

from playwright.sync_api import APIRequestContext, Playwright, StorageState

Json = dict[str, Any]
CLIENT = {"x-nf-client": "tests"}
PASSWORD = "correct horse battery"
REMEMBERED = "nf.account"
numbers = itertools.count(1)

TINY: Json = {
    "schema": "neuralforge.blueprint/1",
    "name": "tiny",
    "nodes": [
        {"id": "in", "type": "Input", "config": {"shape": ["B", 1, 8, 8]}, "position": {"x": 0, "y": 0}},
        {"id": "flat", "type": "Flatten", "position": {"x": 0, "y": 160}},
        {"id": "fc", "type": "Linear", "config": {"out_features": 10}, "position": {"x": 0, "y": 320}},
        {"id": "out", "type": "Output", "position": {"x": 0, "y": 480}},
    ],
    "edges": [
        {"source": "in", "target": "flat"},
        {"source": "flat", "target": "fc"},
        {"source": "fc", "target": "out"},
    ],
}


class Person:
    """Somebody with an account of their own, unless told which."""

    def __init__(self, playwright: Playwright, url: str, name: str = "Ada") -> None:
        self._playwright = playwright
        self.url = url
        self.name = name
        self.email = f"person{next(numbers)}@example.com"
        self._api, opened = self._signed("register", name=name)
        self._token: str = opened["access_token"]
        self.project = self.make("createProject", "name: $name", name="Digits")["id"]

    def session(self) -> StorageState:
        """A browser's state after signing in; each browser needs one of its own, as its cookie is replaced in use."""
        api, opened = self._signed("login")
        state = api.storage_state()
        api.dispose()
        remembered = {"user": opened["user"], "organisation": opened["organisation"]}
        stored = [{"name": REMEMBERED, "value": json.dumps(remembered)}]
        origins = [{"origin": self.url, "localStorage": stored}]
        return cast(StorageState, {"cookies": state["cookies"], "origins": origins})

    def ask(self, query: str, **variables: object) -> Json:
        """Data of an operation; raises AssertionError for errors."""
        answer = self._answer(query, variables)
        if "GRANT_EXPIRED" in str(answer.get("errors")):
            self._api.dispose()
            self._api, opened = self._signed("login")
            self._token = opened["access_token"]
            answer = self._answer(query, variables)
        assert "errors" not in answer, answer
        data: Json = answer["data"]
        return data

    def make(self, command: str, arguments: str, **variables: object) -> Json:
        """What a command made; raises AssertionError where it is refused."""
        types = {"name": "String!", "document": "JSON!", "edits": "JSON!", "id": "ID!", "project": "ID!"}
        types |= {"dataset": "ID!", "format": "String!", "message": "String!", "epochs": "Int!"}
        declared = ", ".join(f"${name}: {types[name]}" for name in variables)
        query = f"mutation({declared}) {{ made: {command}({arguments}) {{ __typename ... on Refusal {{ message }} "
        made: Json = self.ask(query + _wanted(command) + " } }", **variables)["made"]
        assert made["__typename"] != "Refusal", made
        return made

    def architecture(self, name: str = "tiny", document: Mapping[str, object] = TINY) -> str:
        """The id of a new one in the person's project."""
        given = "projectId: $project, name: $name, document: $document"
        made = self.make("createArchitecture", given, project=self.project, name=name, document=document)
        return str(made["id"])

    def version(self, architecture: str, message: str = "first") -> int:
        made = self.make("saveVersion", "architectureId: $id, message: $message", id=architecture, message=message)
        return int(made["number"])

    def edit(self, architecture: str, *edits: Json) -> int:
        """Over the API, as somebody elsewhere; the revision it leads to."""
        made = self.make("applyEdits", "architectureId: $id, edits: $edits", id=architecture, edits=edits)
        return int(made["revision"])

    def document(self, architecture: str) -> Json:
        found: Json = self.ask("query($id: ID!) { architecture(id: $id) { document } }", id=architecture)
        document: Json = found["architecture"]["document"]
        return document

    def node(self, architecture: str, id: str) -> Json | None:
        nodes = self.document(architecture)["nodes"]
        return next((node for node in nodes if node["id"] == id), None)

    def dataset(self) -> str:
        """The digits, ingested and split."""
        made = self.make("createDataset", 'projectId: $project, builtin: "digits"', project=self.project)
        id = str(made["id"])
        query = "query($id: ID!) { datasetVersion(datasetId: $id) { state failure } }"
        self._until(lambda: self.ask(query, id=id)["datasetVersion"]["state"] == "READY")
        return id

    def run(self, architecture: str, dataset: str, epochs: int = 2) -> str:
        given = "architectureId: $id, datasetId: $dataset, options: {epochs: $epochs}"
        return str(self.make("startRun", given, id=architecture, dataset=dataset, epochs=epochs)["id"])

    def completed(self, run: str) -> None:
        """Waits for a run to be over."""
        query = "query($id: ID!) { run(id: $id) { state reason } }"
        self._until(lambda: self.ask(query, id=run)["run"]["state"] == "COMPLETED", 120)

    def _answer(self, query: str, variables: Json) -> Json:
        headers = {**CLIENT, "authorization": f"Bearer {self._token}"}
        answer: Json = self._api.post("/graphql", headers=headers, data={"query": query, "variables": variables}).json()
        return answer

    def _until(self, done: Any, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"not done after {seconds} seconds"
            time.sleep(0.1)

    def _signed(self, how: str, **more: str) -> tuple[APIRequestContext, Json]:
        api = self._playwright.request.new_context(base_url=self.url)
        given = {"email": self.email, "password": PASSWORD, **more}
        answer = api.post(f"/auth/{how}", headers=CLIENT, data=given)
        assert answer.ok, answer.text()
        return api, answer.json()


def _wanted(command: str) -> str:
    """What is asked of what a command made."""
    return {
        "createProject": "... on Project { id }",
        "createArchitecture": "... on Architecture { id }",
        "applyEdits": "... on Architecture { revision }",
        "saveVersion": "... on Version { number }",
        "createDataset": "... on Dataset { id }",
        "startRun": "... on Run { id }",
        "createExport": "... on Export { id }",
    }[command]
