"""What happens to architectures reaches other services as CloudEvents on JetStream, however large."""

import asyncio

import nats
from nats.aio.msg import Msg

from neuralforge.graph.v1.events_pb2 import EditsApplied, VersionSaved
from tests.services.graph.conftest import Studio
from tests.services.graph.examples import WIDEN, document, edits


async def published(studio: Studio, subject: str) -> Msg:
    """The first event under `subject`; waits for it."""
    client = await nats.connect(studio.platform.addresses.nats)
    try:
        found: asyncio.Queue[Msg] = asyncio.Queue()
        await client.jetstream().subscribe(subject, stream="NF_GRAPH", cb=found.put, ordered_consumer=True)
        return await asyncio.wait_for(found.get(), 30)
    finally:
        await client.close()


async def test_edits_are_published(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    answer = await studio.edit(id, edits(WIDEN))
    message = await published(studio, "nf.graph.architecture.EditsApplied")
    event = EditsApplied.FromString(message.data)
    headers = message.headers or {}
    assert (event.architecture_id, event.revision, event.author) == (id, 2, studio.person.id)
    assert event.at == answer.architecture.updated_at
    assert headers["ce-type"] == "graph.EditsApplied.v1"
    assert (headers["ce-tenant"], headers["ce-subject"]) == (studio.person.tenant, f"architecture-{id}")
    assert headers["ce-position"] == str(answer.position)


async def test_large_version_is_published(studio: Studio) -> None:
    """nats-server takes 1 MiB by default; a document may have 8."""
    id = (await studio.create(document(meta={"notes": "n" * 3_000_000}))).architecture.id
    created = await published(studio, "nf.graph.architecture.ArchitectureCreated")
    assert len(created.data) > 3_000_000
    await studio.save(id)
    message = await published(studio, "nf.graph.architecture.VersionSaved")
    assert VersionSaved.FromString(message.data).architecture_id == id
