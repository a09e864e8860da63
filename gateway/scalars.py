"""Scalars of the schema: JSON documents pass through as they are, 64-bit integers travel as decimal strings."""

import re
from datetime import datetime
from typing import Any, NewType

import orjson
import strawberry
from google.protobuf.timestamp_pb2 import Timestamp
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from kernel.clock import moment
from kernel.errors import Rejected
from kernel.strict_json import strict

JSON = NewType("JSON", object)
BigInt = NewType("BigInt", int)
DIGITS = re.compile(r"-?[0-9]{1,19}")
LARGEST = 2**63 - 1


def json_value(data: bytes) -> JSON:
    """JSON bytes of a service, written into the answer as they are; old ones may say NaN, which is null in JSON."""
    return JSON(orjson.Fragment(strict(data)))


def optional_json(data: bytes) -> JSON | None:
    """None where a service has nothing to say yet."""
    return json_value(data) if data else None


def json_bytes(value: object, field: str) -> bytes:
    """A JSON argument as a service takes it."""
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise Rejected(f"{field} cannot be written as JSON: {error}", field=field) from error


def optional_moment(stamp: Timestamp) -> datetime | None:
    """None for a moment that has not come."""
    return moment(stamp) if stamp.seconds else None


def _big_int(value: Any) -> int:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not DIGITS.fullmatch(text) or not -LARGEST <= int(text) <= LARGEST:
        raise GraphQLError(f"a BigInt is a whole number of at most 63 bits, best as a string, not {value!r:.60}")
    return int(text)


CONFIG = StrawberryConfig(
    scalar_map={
        JSON: strawberry.scalar(name="JSON", description="Any JSON value."),
        BigInt: strawberry.scalar(
            name="BigInt",
            description="A 64-bit integer as a decimal string.",
            serialize=str,
            parse_value=_big_int,
        ),
    }
)
