"""Logs name the trace they belong to and hold no secret: not in the main flows, and not where code forgets itself."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client
from kernel.redaction import REDACTED, redact, without_secrets
from tests.flow.commands import Up

PASSWORD = "correct horse battery"
EMAIL = "ada@example.com"
TRACE = "0af7651916cd43dd8448eb211c80319c"
REFUSED = "... on Refusal { message }"
CREATE_DATASET = """mutation($project: ID!) {
  createDataset(projectId: $project, builtin: "digits", name: "digits") { ... on Dataset { id } } }"""
READY = "query($id: ID!) { datasetVersion(datasetId: $id) { state files { name url } } }"
LIBRARY = f"""
import logging
from kernel.log_setup import set_up_logging
from kernel.trace import span
set_up_logging()
with span("work", parent="00-{TRACE}-b7ad6b7169203331-01"):
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        logging.getLogger("library").exception("no answer from %s", "nats://nf:hunter2@127.0.0.1:4222")
"""


class ToldUp(Up):
    """`neuralforge up` that logs all it does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._environment |= {"NF_LOG_LEVEL": "DEBUG"}


async def test_the_main_flows_leave_no_secret_in_any_log(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with ToldUp(folder) as up:
        async with Client(up.url) as client:
            secrets = await flows(client)
        up.send(signal.SIGTERM)
        assert await up.ended() == 0
    secrets |= {path.read_text().strip() for path in (folder / "secrets").iterdir()}
    logs = {path.name: path.read_text() for path in [*folder.glob("jobs/*.log"), *folder.glob("logs/*.log")]}
    logs["up"] = up.output
    assert len(secrets) > 10
    assert any(name.startswith("dataset-") for name in logs), "a job has run"
    found = {(name, secret) for name, text in logs.items() for secret in secrets if secret in text}
    assert not found
    for name, text in logs.items():
        assert not re.search(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", text), f"{name} holds a grant"
        assert "X-Amz-Signature" not in text, f"{name} holds a presigned link"
    check_lines(up)


def check_lines(up: Up) -> None:
    """Each line of a request is JSON with its trace."""
    lines = [json.loads(line) for line in up.lines if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["method"] for line in requests} >= {"AccountService.Register", "DatasetService.CreateDataset"}
    for line in requests:
        assert (len(line["trace_id"]), len(line["span_id"])) == (32, 16), line


async def flows(client: Client) -> set[str]:
    """Signs in and up, makes credentials and uses them, has a job run, reads files; all that must stay unsaid."""
    http = client._http
    await client.sign_in(EMAIL, PASSWORD, "Ada")
    session = client._session
    wrong = {"email": EMAIL, "password": "wrong horse battery"}
    assert (await http.post("/auth/login", json=wrong)).status_code == 401
    renewed = (await http.post("/auth/refresh", json={"refresh_token": session["refresh_token"]})).json()
    make = f'mutation {{ createProject(name: "vision") {{ ... on Project {{ id }} {REFUSED} }} }}'
    project = (await client.ask(make))["id"]
    credentials = await exchanged(client, project)
    dataset = (await client.ask(CREATE_DATASET, project=project))["id"]
    version = await client.until(READY, lambda answer: answer["state"] != "INGESTING", what="the ingest", id=dataset)
    links = [file["url"] for file in version["files"]]
    for link in links:
        await client.download(link)
    broken = links[0].replace("X-Amz-Signature=", "X-Amz-Signature=0")
    assert (await http.get(broken)).status_code == 403
    forged = {"authorization": f"Bearer {session['access_token']}forged"}
    assert (await http.post("/graphql", json={"query": "{ me { user { id } } }"}, headers=forged)).status_code == 401
    signatures = {link.partition("X-Amz-Signature=")[2].partition("&")[0] for link in links}
    tokens = {held[name] for held in (session, renewed) for name in ("access_token", "refresh_token")}
    return {PASSWORD, wrong["password"], EMAIL, *tokens, *signatures, *credentials}


async def exchanged(client: Client, project: str) -> set[str]:
    """An API key and a share link, used, and the grants they were changed into."""
    make_key = f"""mutation {{
      createApiKey(name: "ci", role: MEMBER) {{ ... on CreatedApiKey {{ secret }} {REFUSED} }} }}"""
    make_link = f"""mutation($id: ID!) {{
      createShareLink(projectId: $id, label: "x") {{ ... on CreatedShareLink {{ token }} {REFUSED} }} }}"""
    made = {
        "api_key": (await client.ask(make_key))["secret"],
        "share_link": (await client.ask(make_link, id=project))["token"],
    }
    grants = set()
    for kind, token in made.items():
        answer = await client._http.post("/auth/exchange", json={kind: token})
        assert answer.status_code == 200, answer.text
        grants.add(answer.json()["access_token"])
        assert (await client._http.post("/auth/exchange", json={kind: token + "x"})).status_code == 401
    return {*made.values(), *grants}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET http://s3/a.bin?X-Amz-Credential=a&X-Amz-Signature=b failed", f"GET http://s3/a.bin?{REDACTED} failed"),
        ("/files/nf/a.bin?X-Amz-Signature=b", f"/files/nf/a.bin?{REDACTED}"),
        ("postgresql://nf_graph:hunter2@127.0.0.1:5432/nf", f"postgresql://{REDACTED}@127.0.0.1:5432/nf"),
        ("connection failed: host=h password=hunter2 user=u", f"connection failed: host=h password={REDACTED} user=u"),
        ('{"refresh_token": "abc-def", "a": 1}', f'{{"refresh_token": "{REDACTED}", "a": 1}}'),
        ("authorization: Basic bmY6aHVudGVy, next", f"authorization: {REDACTED}, next"),
        ("sent Bearer abcdefgh12345", f"sent Bearer {REDACTED}"),
        ("grant eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln ended", f"grant {REDACTED} ended"),
        ("key nf_01abc_abcdefghijklmnopqrst", f"key {REDACTED}"),
        ("link nfs_01abc_abcdefghijklmnopqrst", f"link {REDACTED}"),
        ("to ada.l+x@mail.example.com, twice", f"to {REDACTED}, twice"),
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY----- end", f"{REDACTED} end"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "the stream has moved on since it was read (run-x7@3); load it and decide again",
        "an invitation was not mailed; is NF_SMTP_URL right?",
        "the role nf_graph_tenant is missing",
        "http://127.0.0.1:8080/graphql",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_what_goes_by_the_name_of_a_secret_is_taken_out_however_deep() -> None:
    event: dict[str, Any] = {
        "event": "request",
        "code": "OK",
        "milliseconds": 1.5,
        "tenant": None,
        "Authorization": "x",
        "metadata": {"cookie": "x", "nf-after": "7", "sent": [("password", "p"), {"api_key": "x"}]},
        "error": ValueError("token=x"),
        "body": b"secret: x",
    }
    assert redact(None, "info", event) == {
        "event": "request",
        "code": "OK",
        "milliseconds": 1.5,
        "tenant": None,
        "Authorization": REDACTED,
        "metadata": {"cookie": REDACTED, "nf-after": "7", "sent": [["password", "p"], {"api_key": REDACTED}]},
        "error": f"ValueError('token={REDACTED}')",
        "body": f"secret: {REDACTED}",
    }


def test_libraries_log_the_same_way() -> None:
    ended = subprocess.run([sys.executable, "-c", LIBRARY], capture_output=True, text=True, timeout=120, check=True)
    line = json.loads(ended.stderr)
    assert (line["level"], line["logger"], line["trace_id"]) == ("error", "library", TRACE)
    assert line["event"] == f"no answer from nats://{REDACTED}@127.0.0.1:4222"
    assert line["exception"].endswith(f"ValueError: password={REDACTED}")
    assert "hunter2" not in ended.stderr
