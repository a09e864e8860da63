"""What the contracts say about each RPC: who may call it, and whether it only reads."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from neuralforge.access.v1 import access_pb2

OPEN_SERVICES = (
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
)


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC. `context` is the service's room, e.g. `graph`. `within_project`: the least role of a narrowed grant."""

    name: str
    context: str
    roles: tuple[int, ...]
    within_project: int
    reads: bool
    request: type[Message]
    response: type[Message]


@cache
def method(path: str) -> Method | None:
    """The RPC at `/package.Service/Method`; None for health and reflection; raises KeyError for an unknown one."""
    service_name, _, name = path.strip("/").partition("/")
    if service_name in OPEN_SERVICES:
        return None
    found = descriptor_pool.Default().FindServiceByName(service_name).methods_by_name[name]
    options: Any = found.GetOptions()
    return Method(
        name=f"{service_name.rsplit('.', 1)[1]}.{name}",
        context=service_name.split(".")[1],
        roles=tuple(options.Extensions[access_pb2.roles]),
        within_project=options.Extensions[access_pb2.within_project],
        reads=options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS,
        request=GetMessageClass(found.input_type),
        response=GetMessageClass(found.output_type),
    )
