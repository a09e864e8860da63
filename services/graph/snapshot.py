"""Architectures as snapshots: one that is drawn on for weeks has thousands of batches of edits."""

from typing import Any

import msgspec
from google.protobuf.timestamp_pb2 import Timestamp

import blueprint
from kernel.snapshots import Form
from neuralforge.graph.v1 import events_pb2
from services.graph import documents, domain, drawing, versions
from services.graph.domain import Architecture
from services.graph.drawing import Drawing


def _plain(value: Any) -> object:
    match value:
        case Timestamp():
            return (value.seconds, value.nanos)
        case Drawing():
            return value.document
    raise TypeError(f"{type(value).__name__} has no place in a snapshot")


def _restored(kind: type, value: Any) -> object:
    if kind is Timestamp:
        return Timestamp(seconds=value[0], nanos=value[1])
    return Drawing(value)


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_decoder = msgspec.msgpack.Decoder(Architecture, dec_hook=_restored)

FORM = Form(_encoder.encode, _decoder.decode, (domain, drawing, versions, documents, blueprint, events_pb2))
