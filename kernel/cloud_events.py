"""Events on the wire: CloudEvents 1.0 in the binary content mode of its NATS binding, data in protobuf.

Attributes are headers (`ce-id`, `ce-type`, ...), with the extensions `tenant`, `position` and `streamversion`.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kernel.events import EventTypes
from kernel.log import Recorded

PREFIX = "ce-"


def subject(recorded: Recorded) -> str:
    """`nf.<context>.<aggregate>.<event>`, e.g. `nf.training.run.RunQueued`."""
    context, event, _ = recorded.type.split(".")
    return f"nf.{context}.{recorded.stream.split('-', 1)[0]}.{event}"


def messaging(place: str) -> dict[str, str]:
    """What spans say of a message on the subject `place`, by OpenTelemetry's conventions."""
    return {"messaging.system": "nats", "messaging.destination.name": place}


def headers(recorded: Recorded, traceparent: str = "") -> dict[str, str]:
    """The headers of one event; `Nats-Msg-Id` lets the broker drop a duplicate within its window.

    `traceparent` is the span it is sent in, else the one it was recorded in is told.
    """
    attributes = {
        "specversion": "1.0",
        "id": str(recorded.id),
        "source": f"/neuralforge/{recorded.type.split('.', 1)[0]}",
        "type": recorded.type,
        "subject": recorded.stream,
        "time": recorded.recorded_at.isoformat(),
        "datacontenttype": "application/protobuf",
        "tenant": recorded.tenant,
        "position": str(recorded.position),
        "streamversion": str(recorded.version),
    }
    if trace := traceparent or recorded.meta.get("traceparent"):
        attributes["traceparent"] = trace
    return {"Nats-Msg-Id": str(recorded.id)} | {PREFIX + name: value for name, value in attributes.items()}


def received(attributes: Mapping[str, str], data: bytes, types: EventTypes) -> Recorded:
    """The event a message carries; raises KeyError or ValueError for one that is no CloudEvent of ours."""
    value = {name.lower().removeprefix(PREFIX): text for name, text in attributes.items()}
    trace = value.get("traceparent")
    return Recorded(
        position=int(value["position"]),
        tenant=value["tenant"],
        stream=value["subject"],
        version=int(value["streamversion"]),
        id=UUID(value["id"]),
        type=value["type"],
        event=types.decode(value["type"], data),
        meta={"traceparent": trace} if trace else {},
        recorded_at=datetime.fromisoformat(value["time"]),
    )
