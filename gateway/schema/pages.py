"""Pages of lists: the nodes, and where the next page begins."""

from typing import Generic, TypeVar

import strawberry

Node = TypeVar("Node")


@strawberry.type
class Page(Generic[Node]):
    nodes: list[Node]
    next_page_token: str | None = strawberry.field(description="Pass it as `after`; null on the last page.")
