"""Reads of one kind that fields ask for at the same moment, one for each row of a list, go out as one call."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc import status_pb2
from strawberry.dataloader import DataLoader

from kernel.batch import DETAILS, MOST
from kernel.client import Neighbours, path_of
from kernel.errors import Unavailable
from kernel.methods import method as contract
from kernel.status import from_rpc
from neuralforge.batch.v1.service_pb2 import Outcome, ReadRequest, ReadResponse
from neuralforge.batch.v1.service_pb2_grpc import BatchServiceStub

CODES = {code.value[0]: code for code in grpc.StatusCode}
Call = Callable[[str, Any, Message], Awaitable[Any]]


class Batches:
    """Of one operation. `call(context, method, request)` calls the service behind `context` once."""

    def __init__(self, neighbours: Neighbours, call: Call) -> None:
        self._neighbours = neighbours
        self._call = call
        self._loaders: dict[str, DataLoader[Message, Any]] = {}

    def read(self, method: Any, request: Message) -> Awaitable[Any]:
        """The answer to one read; raises DomainError as the call of that RPC alone would."""
        path = f"/{path_of(method)}"
        if path not in self._loaders:
            self._loaders[path] = DataLoader(partial(self._load, path, method), MOST, cache=False)
        return self._loaders[path].load(request)

    async def _load(self, path: str, method: Any, requests: Sequence[Message]) -> Sequence[Any]:
        context = path.split(".")[1]
        if len(requests) == 1:
            return [await self._call(context, method, requests[0])]
        batch = ReadRequest(method=path, requests=[each.SerializeToString() for each in requests])
        stub = self._neighbours.stub(context, BatchServiceStub)
        try:
            answer: ReadResponse = await self._call(context, stub.Read, batch)
        except Unavailable as error:
            if error.reason != "INTERNAL":
                raise
            # a replica of an earlier version, not yet replaced, knows no batches
            alone = (self._call(context, method, each) for each in requests)
            return await asyncio.gather(*alone, return_exceptions=True)
        return [_opened(path, outcome) for outcome in answer.outcomes]


def _opened(path: str, outcome: Outcome) -> Any:
    """The response, or the error to be raised."""
    if outcome.WhichOneof("outcome") == "status":
        return from_rpc(_Failure(outcome.status, status_pb2.Status.FromString(outcome.status)), path)
    found = contract(path)
    assert found
    return found.response.FromString(outcome.response)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A status in the form of a failed call."""

    data: bytes
    status: status_pb2.Status

    def code(self) -> grpc.StatusCode:
        return CODES[self.status.code]

    def details(self) -> str:
        return str(self.status.message)

    def trailing_metadata(self) -> Sequence[tuple[str, bytes]]:
        return ((DETAILS, self.data),)
