"""Events on the wire and back."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.cloud_events import headers, received, subject
from kernel.events import UnknownEvent
from kernel.log import Recorded
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.kernel.conftest import TYPES

IDS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=20)


def recorded(stream: str = "email-a", tenant: str = "acme", user: str = "u", trace: str = "") -> Recorded:
    return Recorded(
        position=7,
        tenant=tenant,
        stream=stream,
        version=3,
        id=uuid4(),
        type="workspace.EmailReserved.v1",
        event=EmailReserved(user_id=user),
        meta={"traceparent": trace} if trace else {},
        recorded_at=datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC),
    )


@given(IDS, IDS, st.text(), st.sampled_from(["", "00-aa-bb-01"]))
def test_what_arrives_is_what_was_recorded(id: str, tenant: str, user: str, trace: str) -> None:
    event = recorded(f"email-{id}", tenant, user, trace)
    assert received(headers(event), event.event.SerializeToString(), TYPES) == event


def test_header_names_may_change_their_case_on_the_way() -> None:
    event = recorded()
    shouted = {name.upper(): value for name, value in headers(event).items()}
    assert received(shouted, event.event.SerializeToString(), TYPES) == event


def test_the_subject_names_context_aggregate_and_event() -> None:
    assert subject(recorded("email-with-dashes")) == "nf.workspace.email.EmailReserved"


@pytest.mark.parametrize("missing", ["ce-position", "ce-tenant", "ce-type", "ce-id", "ce-time"])
def test_what_is_no_cloud_event_of_ours_is_refused(missing: str) -> None:
    event = recorded()
    attributes = {name: value for name, value in headers(event).items() if name != missing}
    with pytest.raises(KeyError):
        received(attributes, event.event.SerializeToString(), TYPES)


def test_types_and_data_that_nobody_knows_are_refused() -> None:
    event = recorded()
    with pytest.raises(UnknownEvent, match=r"workspace\.Other\.v1"):
        received(headers(event) | {"ce-type": "workspace.Other.v1"}, b"", TYPES)
    with pytest.raises(UnknownEvent, match=r"workspace\.EmailReserved\.v1"):
        received(headers(event), b"\xff\xff", TYPES)
