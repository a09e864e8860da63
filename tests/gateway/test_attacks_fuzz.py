"""Whatever up to 100 kB is posted is answered with a few short sentences, and never with a fault of ours."""

import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway import answers
from tests.conftest import RunningServers
from tests.gateway.conftest import visiting
from tests.gateway.hostile import BODIES, MOST_BYTES, body
from tests.gateway.hostile_fuzz import WORDS, fuzz
from tests.gateway.test_attacks import post
from tests.gateway.web import Visitor
from tests.services.launchers import IdleLauncher
from tests.services.platform import platform

pytestmark = pytest.mark.asyncio(loop_scope="module")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
)
documents = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join) | st.text(max_size=200)
operations = st.builds(
    lambda query, more: body(query, **more), documents, st.fixed_dictionaries({"variables": anything})
)
large = st.builds(
    lambda unit, times, query: body(query + unit * times)[:MOST_BYTES],
    st.sampled_from(("{", "a ", "\\", '"', "#\n", "...F ", "[", "\U0001f600", "@a ", "$a:")),
    st.integers(1, 90_000),
    st.sampled_from(("", "{", "query(", '{a(b:"', "fragment F on Query{", "{...F}")),
)
seeded = st.integers(0, 10_000).map(lambda seed: next(itertools.islice(fuzz(seed), seed % 7, None)))
gentle = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def member(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """Somebody signed in, in front of every service."""
    folder, contexts = tmp_path_factory.mktemp("gateway"), ("graph", "dataset", "billing", "training", "export")
    async with (
        platform(servers.addresses, folder, *contexts, launcher=IdleLauncher()) as running,
        visiting(running) as visitor,
    ):
        visitor.platform = running
        await visitor.register("ada")
        yield visitor


@gentle
@given(content=st.binary(max_size=300) | operations | large | seeded)
@example(content=b"\xff" * MOST_BYTES)
async def test_any_body_is_answered_with_a_few_sentences(member: Visitor, content: bytes) -> None:
    await answered(member, content)


async def test_every_attack_is_answered_with_a_few_sentences(member: Visitor) -> None:
    for name, content in BODIES.items():
        assert len(content) <= MOST_BYTES, name
        await answered(member, content)


async def answered(visitor: Visitor, content: bytes) -> None:
    answer = await post(visitor, content)
    assert answer.status_code in (200, 400), answer.text
    told = answer.json()
    assert set(told) <= {"data", "errors"}
    assert "data" in told or told["errors"]
    assert len(told.get("errors", ())) <= answers.MOST_ERRORS + 1
    for error in told.get("errors", ()):
        assert error["message"].strip()
        assert error["message"] == " ".join(error["message"].split())
        assert len(error["message"]) <= answers.MOST_MESSAGE + 3
        assert error["extensions"]["code"] != "INTERNAL"
