"""What two people did to the same thing, each in another way: named by node and field, said in one sentence.

Fields are `id`, `type`, `node` (removed here, changed there), `graph`, `config.<setting>`, `inputs.<port>`,
`outputs.<port>` and the names of unknown keys. Inner nodes are named by path, `b/c1`; the network itself is "".
"""

from dataclasses import dataclass

from blueprint.codec import JSON
from blueprint.document import Edge
from blueprint.draft import described
from blueprint.quoting import quoted, shown
from blueprint.three import ABSENT, Absent, Three, Value


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that both changed; the merged network has it as `ours` has."""

    node: str
    field: str
    base: Value
    ours: Value
    theirs: Value
    message: str

    def to_json(self) -> dict[str, JSON]:
        """node, field, message; base, ours and theirs where the field is there."""
        values = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        there = {name: value for name, value in values.items() if not isinstance(value, Absent)}
        return {"node": self.node, "field": self.field, **there, "message": self.message}


def in_key(node: str, field: str, key: str, values: Three[Value]) -> Conflict:
    """Both gave a setting or an unknown key another value; `node` is "" for the document."""
    ours, theirs = _set(values.ours), _set(values.theirs)
    mend = "unset it" if isinstance(values.theirs, Absent) else f"make it {shown(values.theirs)}"
    where = f"node {quoted(node)}" if node else "the document"
    what = f"{quoted(key)} of {where} is {ours} in ours and {theirs} in theirs"
    return _conflict(node, field, values, f"{what}; ours is kept, {mend} for theirs")


def in_type(node: str, values: Three[Value]) -> Conflict:
    """Both made a node another thing, or one did and the other set it anew."""
    ours, theirs = (quoted(str(value)) for value in (values.ours, values.theirs))
    what = f"node {quoted(node)} is a {ours} in ours and a {theirs} in theirs, and both changed it"
    return _conflict(node, "type", values, f"{what}; ours is kept, replace it for theirs")


def in_graph(node: str, values: Three[Value]) -> Conflict:
    """Both changed what a node holds, and it cannot be looked into."""
    what = f"what node {quoted(node)} holds is changed in ours and in theirs"
    return _conflict(node, "graph", values, f"{what}; ours is kept, replace the node for theirs")


def in_inputs(node: str, port: str, values: Three[Value], fed: Three[str]) -> Conflict:
    """Both connected a port to something else; `fed` names what feeds it."""
    where = f"{quoted(port)} of node {quoted(node)}" if port else f"node {quoted(node)}"
    what = f"{where} is fed by {fed.ours} in ours and by {fed.theirs} in theirs"
    return _conflict(node, _port("inputs", port), values, f"{what}; ours is kept, connect it anew for theirs")


def removed(node: str, values: Three[Value]) -> Conflict:
    """One removed what the other changed, or connected to something new."""
    if isinstance(values.ours, Absent):
        what = f"node {quoted(node)} is removed in ours but changed in theirs; it stays removed, add it for theirs"
    else:
        what = f"node {quoted(node)} is changed in ours but removed in theirs; it is kept, remove it for theirs"
    return _conflict(node, "node", values, what)


def port_gone(node: str, edge: Edge, side: str, value: Value) -> Conflict:
    """One drew an edge at a port that the other took away; `edge` names its nodes by their paths."""
    other = "theirs" if side == "ours" else "ours"
    values: Three[Value] = Three(ABSENT, value, ABSENT) if side == "ours" else Three(ABSENT, ABSENT, value)
    what = f"{described(edge)} is drawn in {side}, but node {quoted(node)} has not that port any more in {other}"
    enters = node == edge.target
    field = _port("inputs", edge.target_handle) if enters else _port("outputs", edge.source_handle)
    return _conflict(node, field, values, f"{what}; it is left out, draw it at another port")


def renamed_differently(path: str, names: Three[str]) -> Conflict:
    """Both renamed a node."""
    base, ours, theirs = names.each(lambda name: quoted(path + name))
    what = f"node {base} is renamed to {ours} in ours and to {theirs} in theirs"
    message = f"{what}; ours is kept, rename it for theirs"
    return Conflict(path + names.ours, "id", names.base, names.ours, names.theirs, message)


def name_taken_by_theirs(path: str, id: str, name: str, there: bool, aside: str) -> Conflict:
    """Ours renamed a node, `there` in theirs or not, to what theirs called a new one."""
    what = f"node {quoted(path + id)} is renamed to {quoted(path + name)} in ours, as theirs calls a new node"
    message = f"{what}; that one is called {quoted(path + aside)} now, rename it as you like"
    return Conflict(path + name, "id", id, name, id if there else ABSENT, message)


def name_taken_by_ours(path: str, id: str, name: str, there: bool) -> Conflict:
    """Theirs renamed a node, `there` in ours or not, to what ours called another."""
    what = f"node {quoted(path + id)} is renamed to {quoted(path + name)} in theirs, as ours calls another node"
    message = f"{what}; its name is kept, rename it as you like"
    return Conflict(path + id, "id", id, id if there else ABSENT, name, message)


def _port(kind: str, handle: str | None) -> str:
    return f"{kind}.{handle}" if handle else kind


def _set(value: Value) -> str:
    return "not set" if isinstance(value, Absent) else shown(value)


def _conflict(node: str, field: str, values: Three[Value], message: str) -> Conflict:
    return Conflict(node, field, values.base, values.ours, values.theirs, message)
