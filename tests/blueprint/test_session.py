"""A session says after each edit what a whole analysis says, and examines no more than it must."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint import AddNode, Configure, Connect, Disconnect, Edge, EditError, Graph, Node, RemoveNode, analyze, diff
from blueprint.examination import Examination
from blueprint.session import Session
from tests.blueprint.examples import chain
from tests.blueprint.networks import graphs

DEEP = chain(
    ("in", "Input", {"shape": ["B", 3, 8, 8]}),
    *((f"c{n}", "Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1}) for n in range(20)),
    ("flat", "Flatten", {}),
    ("fc", "Linear", {"out_features": 2}),
    ("out", "Output", {}),
)


def agrees(session: Session) -> None:
    assert session.analysis().to_json() == analyze(session.graph).to_json()
    assert session.totals.to_json() == analyze(session.graph).totals.to_json()


@settings(deadline=None)
@given(graphs(), graphs())
def test_a_session_agrees_with_the_whole_analysis_after_each_edit(a: Graph, b: Graph) -> None:
    session = Session(a)
    for edit in diff(a, b):
        session.apply([edit])
        agrees(session)
    for edit in reversed(diff(a, b)):
        with_undo = session.graph
        try:
            change = session.apply([edit])
        except EditError:
            assert session.graph == with_undo
            agrees(session)
            continue
        session.apply(change.undo)
        agrees(session)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 21), st.integers(0, 21)), max_size=12))
def test_edges_drawn_anywhere_keep_the_order(pairs: list[tuple[int, int]]) -> None:
    ids = [node.id for node in DEEP.nodes]
    session = Session(DEEP)
    for source, target in pairs:
        edge = Edge(ids[source], ids[target + 1], "out", "in")
        here = session.graph
        drawn = any(e.source == edge.source and e.target == edge.target for e in here.edges)
        session.apply([Disconnect(edge) if drawn else Connect(edge)])
        agrees(session)


def test_an_edit_examines_only_what_depends_on_it() -> None:
    session = Session(DEEP)
    with patch.object(Examination, "examine", autospec=True, side_effect=Examination.examine) as examine:
        change = session.apply([Configure("c10", {"bias": False})])
    assert [call.args[1] for call in examine.call_args_list] == ["c10"]
    assert set(change.nodes) == {"c9", "c10"}
    with patch.object(Examination, "examine", autospec=True, side_effect=Examination.examine) as examine:
        session.apply([Configure("c17", {"out_channels": 8})])
    assert [call.args[1] for call in examine.call_args_list] == ["c17", "c18"]
    agrees(session)


def test_a_layer_put_in_between_is_examined_after_its_source() -> None:
    session = Session(DEEP)
    session.apply(
        [
            AddNode(Node("pool", "MaxPool2d", {"kernel_size": 2})),
            Disconnect(Edge("c4", "c5")),
            Connect(Edge("c4", "pool")),
            Connect(Edge("pool", "c5")),
        ]
    )
    agrees(session)
    figures = session.figures("c5")
    assert figures is not None
    assert str(figures.outputs["out"].shape) == "(B, 4, 4, 4)" or figures.outputs["out"].shape[1:] == (4, 4, 4)
    session.apply([RemoveNode("pool")])
    agrees(session)


def test_a_refused_batch_changes_nothing() -> None:
    session = Session(DEEP)
    session.apply([Configure("c3", {"bias": False})])
    before = session.graph
    with pytest.raises(EditError, match=r"edits\[1\]"):
        session.apply([Configure("c3", {"bias": True}), RemoveNode("nobody")])
    assert session.graph == before
    agrees(session)
    session.apply([Configure("c4", {"bias": False})])
    agrees(session)


def test_settings_of_training_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="optimizer"):
        Session(DEEP, optimizer="magic")
    assert Session(DEEP, batch=8, precision="bfloat16").totals == analyze(DEEP, batch=8, precision="bfloat16").totals
