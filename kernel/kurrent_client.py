"""KurrentDB's client, made to share a process with everything else that knows `google.rpc`.

It brings a copy of `google.rpc.Code` under a file name of its own, and a process may know a protobuf name only once.
Its file is therefore registered as one that passes on the common one; import the client through here, before any other
part of it.
"""

import sys

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import Default
from google.rpc import code_pb2

_OWN = "kurrentdbclient/protos/google/rpc/code.proto"
_file = FileDescriptorProto(name=_OWN, package="google.rpc", syntax="proto3")
_file.dependency.append(code_pb2.DESCRIPTOR.name)
_file.public_dependency.append(0)
Default().AddSerializedFile(_file.SerializeToString())
sys.modules["kurrentdbclient.protos.google.rpc.code_pb2"] = code_pb2

from kurrentdbclient import AsyncKurrentDBClient, NewEvent, NewEvents, RecordedEvent, StreamState  # noqa: E402
from kurrentdbclient.exceptions import KurrentDBClientError, NotFoundError, WrongCurrentVersionError  # noqa: E402

__all__ = [
    "AsyncKurrentDBClient",
    "KurrentDBClientError",
    "NewEvent",
    "NewEvents",
    "NotFoundError",
    "RecordedEvent",
    "StreamState",
    "WrongCurrentVersionError",
]
