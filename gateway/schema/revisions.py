"""How an architecture came to be: a batch of edits after the other."""

from datetime import datetime

import strawberry

from gateway.context import Info
from gateway.scalars import JSON, BigInt, json_value
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.graph.v1 import service_pb2 as api


@strawberry.type(description="A version saved at a revision; of several the newest.")
class RevisionVersion:
    number: int
    message: str


@strawberry.type(description="A batch of edits; the first revision is the document the architecture began with.")
class Revision:
    revision: BigInt
    at: datetime
    author: strawberry.ID
    edits: JSON = strawberry.field(description="A list of edits, none at the first revision.")
    summary: str = strawberry.field(description="A few words for people.")
    saved_version: RevisionVersion | None


def revision(message: api.Revision) -> Revision:
    saved = RevisionVersion(number=message.saved_version, message=message.saved_message)
    return Revision(
        revision=BigInt(message.revision),
        at=moment(message.at),
        author=strawberry.ID(message.author),
        edits=json_value(message.edits or b"[]"),
        summary=message.summary,
        saved_version=saved if message.saved_version else None,
    )


@strawberry.type
class RevisionQuery:
    @strawberry.field(description="Newest first.")
    async def revisions(
        self, info: Info, architecture_id: strawberry.ID, first: int = 0, after: str = ""
    ) -> Page[Revision]:
        request = api.ListRevisionsRequest(architecture_id=architecture_id, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.architectures.ListRevisions, request)
        nodes = [revision(each) for each in answer.revisions]
        return Page(nodes=nodes, next_page_token=answer.next_page_token or None)
