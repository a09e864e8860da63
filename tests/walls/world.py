"""Two organisations and what one of them would rather keep to itself; whoever might come for it, with real grants."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.grants import PERSONS, Grant
from kernel.keys import GRANT_KEY, KeyRing
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.export.v1 import service_pb2 as export
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub
from neuralforge.training.v1 import service_pb2 as training
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1.service_pb2_grpc import (
    ApiKeyServiceStub,
    GrantServiceStub,
    ProjectServiceStub,
    ShareLinkServiceStub,
)
from services.dataset.domain import job_id
from services.workspace.signing import GrantSigner
from tests.services.dataset import ingesting
from tests.services.files import put
from tests.services.platform import Person, Platform
from tests.services.training.lab import TINY, Lab, architecture, points

MARK = "kryptonite"  # is in every name and text of the project nobody should see
CONTEXTS = ("graph", "dataset", "billing", "training", "export")


@dataclass(frozen=True)
class Things:
    """Ids of what is in one project."""

    tenant: str
    person: str
    project: str
    architecture: str
    dataset: str
    run: str = ""
    export: str = ""

    @property
    def ingest(self) -> str:
        """The job that filled the dataset."""
        return job_id(self.dataset, 1)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset({self.project, self.architecture, self.dataset, self.run, self.export} - {""})


@dataclass(frozen=True)
class Principal:
    """Somebody who calls. `sees` is whether a private project of `Things.project` exists for them."""

    name: str
    tokens: Mapping[str, str]
    role: int = 0
    foreign: bool = False
    sees: bool = False
    bound: bool = False

    def token(self, context: str) -> str:
        """The grant shown to a service; a job has one for its own."""
        return self.tokens.get(context, self.tokens[""])

    @property
    def member(self) -> bool:
        """Whether what the organisation may see is seen too."""
        return not self.foreign and not self.bound and self.role in PERSONS


@dataclass(frozen=True)
class World:
    """`things` are those of the closed project, `near` of another in the same organisation, `far` of another one."""

    platform: Platform
    ada: Person
    things: Things
    near: Things
    far: Things
    principals: Sequence[Principal]

    def named(self, name: str) -> Principal:
        return next(each for each in self.principals if each.name == name)

    async def show(self, visibility: int) -> None:
        """Makes the closed project visible, and waits until every service knows."""
        request = workspace.SetProjectVisibilityRequest(project_id=self.things.project, visibility=visibility)  # type: ignore[arg-type]
        await self.ada.call(ProjectServiceStub, "SetProjectVisibility", request)
        for context in ("graph", "dataset", "training", "export"):
            await self.platform.eventually(lambda context=context: self._knows(context, visibility))

    async def _knows(self, context: str, visibility: int) -> bool:
        query = "SELECT visibility FROM known_projects WHERE project_id = %s"
        return [(visibility,)] == await rows(self.platform, context, query, self.things.project)

    async def heads(self) -> Mapping[str, int]:
        """How many events each service has of the organisation whose project it is."""
        count = "SELECT count(*) FROM events WHERE tenant = %s"
        return {
            context: (await rows(self.platform, context, count, self.things.tenant))[0][0]
            for context in ("workspace", *CONTEXTS)
        }


async def rows(platform: Platform, context: str, query: str, *values: object) -> list[tuple[int, ...]]:
    """What the owner of a service's tables reads there."""
    database = platform.database(context)
    await database.pool.open()
    try:
        return await database.fetch(query, *values)
    finally:
        await database.pool.close()


async def world_of(platform: Platform) -> World:
    """Two people of their own organisations; Ada has a closed project and one her organisation sees."""
    ada, eve = await platform.person("ada"), await platform.person("eve")
    things, near, far = await closed(ada), await open_to_all(ada, "near"), await open_to_all(eve, "far")
    request = workspace.SetProjectVisibilityRequest(project_id=near.project, visibility=workspace.VISIBILITY_PUBLIC)
    await ada.call(ProjectServiceStub, "SetProjectVisibility", request)
    return World(platform, ada, things, near, far, await principals(things, near, far, ada, eve))


async def closed(person: Person) -> Things:
    """A project with one of everything in it."""
    found = await open_to_all(person, MARK)
    lab = Lab(person, found.project, found.architecture, found.dataset)
    run, worker = await lab.running(name=MARK)
    line = training.LogEntry(level="info", text=f"{MARK} looks good")
    await worker.report(points=[points(MARK, [1, 2], [0.5, 0.25])], lines=[line])
    data = MARK.encode()
    upload = training.Upload(name="model.safetensors", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    links = await worker.call("RequestUploads", training.RequestUploadsRequest(uploads=[upload]))
    await put(links.files[0].url, data)
    best = training.CHECKPOINT_KIND_BEST
    await worker.call("SaveCheckpoint", training.SaveCheckpointRequest(kind=best, epoch=1, step=2, files=[upload]))
    await worker.complete()
    asked = export.CreateExportRequest(run_id=run.id, format="onnx")
    made = await person.call(ExportServiceStub, "CreateExport", asked)
    return Things(**{**vars(found), "run": run.id, "export": made.export.id})


async def open_to_all(person: Person, name: str) -> Things:
    """A project with a network and a dataset to train it on."""
    project = await person.project(name)
    network = await architecture(person, project, json.dumps(TINY | {"name": name}).encode())
    created = await ingesting.create(person, project, name=name)
    await (await ingesting.PlayedJob.of(person, created.dataset.id)).finish()
    await ingesting.ended(person, created.dataset.id)
    return Things(person.tenant, person.id, project, network, created.dataset.id)


async def principals(things: Things, near: Things, far: Things, ada: Person, eve: Person) -> Sequence[Principal]:
    """Everybody of the matrix. Colleagues hold grants signed here, as a session's are; the others exchanged theirs."""
    signer = GrantSigner(KeyRing(ada.platform.folder / "keys").private(GRANT_KEY))

    def signed(subject: str, tenant: str, role: int, **claims: Any) -> str:
        return signer.sign(Grant(subject, tenant, role, time.time() + 300, **claims))[0]

    def colleague(name: str, role: int, subject: str = "", *, sees: bool = False, **claims: Any) -> Principal:
        return Principal(name, {"": signed(subject or name, ada.tenant, role, **claims)}, role, sees=sees)

    def job(name: str, tenant: str, project: str) -> Principal:
        jobs = {"dataset": things.ingest, "training": things.run, "export": things.export}
        tokens = {
            context: signed(f"job:{context}:{id}", tenant, Role.ROLE_JOB, project=project, job=id, attempt=1)
            for context, id in jobs.items()
        }
        return Principal(name, tokens | {"": tokens["training"]}, Role.ROLE_JOB, tenant != ada.tenant)

    def service(name: str, tenant: str) -> Principal:
        token = signed("service:export", tenant, Role.ROLE_SERVICE)
        return Principal(name, {"": token}, Role.ROLE_SERVICE, tenant != ada.tenant, sees=tenant == ada.tenant)

    viewer, member, owner = Role.ROLE_VIEWER, Role.ROLE_MEMBER, Role.ROLE_OWNER
    public = await exchanged(ada.platform, public_project=near.project)
    return [
        Principal("nobody", {"": ""}),
        Principal("foreign owner", {"": eve.token}, owner, foreign=True),
        Principal("owner", {"": ada.token}, owner, sees=True),
        colleague("admin", Role.ROLE_ADMIN, sees=True),
        colleague("member", member),
        colleague("viewer", viewer),
        colleague("creator, a viewer now", viewer, ada.id, sees=True),
        colleague("viewer's key", viewer, "member", key="k"),
        Principal("share link", await share_link(ada, things.project), viewer, sees=True, bound=True),
        Principal("share link of another project", await share_link(ada, near.project), viewer, bound=True),
        Principal("visitor of another public project", {"": public}, viewer, bound=True),
        Principal("key for the project", await key(ada, things.project), member, sees=True, bound=True),
        Principal("creator's key for another project", await key(ada, near.project), member, bound=True),
        job("job", ada.tenant, things.project),
        job("foreign job", eve.tenant, far.project),
        service("service", ada.tenant),
        service("foreign service", eve.tenant),
    ]


async def exchanged(platform: Platform, **credential: str) -> str:
    """The grant given for a credential."""
    request = workspace.ExchangeRequest(**credential)
    return str((await platform.call(GrantServiceStub, "Exchange", request)).grant)


async def share_link(person: Person, project: str) -> dict[str, str]:
    """The grant of whoever follows a new link to the project."""
    request = workspace.CreateShareLinkRequest(project_id=project, label="for the tests", days=1)
    made = await person.call(ShareLinkServiceStub, "CreateShareLink", request)
    return {"": await exchanged(person.platform, share_link=made.token)}


async def key(person: Person, project: str) -> dict[str, str]:
    """The grant of a program with a new member's key that is narrowed to the project."""
    asked = workspace.CreateApiKeyRequest(name="tests", role=Role.ROLE_MEMBER, project_id=project, days=1)
    made = await person.call(ApiKeyServiceStub, "CreateApiKey", asked)
    return {"": await exchanged(person.platform, api_key=made.secret)}
