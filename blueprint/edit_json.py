"""Edits as JSON, for the wire and the log: `{"op": "connect", "edge": {...}}`."""

from collections.abc import Iterable, Mapping

from blueprint.codec import JSON, DocumentError, plain
from blueprint.document import (
    edge_from_json,
    edge_to_json,
    node_from_json,
    node_to_json,
    position_from_json,
    position_to_json,
)
from blueprint.edits import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edit,
    EditError,
    Group,
    MoveNode,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
)
from blueprint.quoting import quoted

MAX_EDITS = 250_000

KEYS = {
    "add_node": {"node"},
    "remove_node": {"id"},
    "replace": {"id", "node"},
    "configure": {"id", "set", "unset"},
    "rename_node": {"id", "new_id"},
    "connect": {"edge"},
    "disconnect": {"edge"},
    "move_node": {"id", "position"},
    "group": {"ids", "id"},
    "ungroup": {"id", "prefix"},
    "within": {"id", "edits"},
}


def edits_from_json(values: JSON) -> tuple[Edit, ...]:
    """Read a batch. Raises EditError, which says which edit is wrong and how."""
    if not isinstance(values, list | tuple):
        raise EditError(None, "the edits must be a list")
    if len(values) > MAX_EDITS:
        raise EditError(None, f"there are {len(values)} edits; at most {MAX_EDITS} are allowed in a batch")
    edits: list[Edit] = []
    for index, value in enumerate(values):
        try:
            edits.append(_edit_from_json(plain(value)))
        except DocumentError as error:
            raise EditError(index, str(error)) from None
    return tuple(edits)


def edits_to_json(edits: Iterable[Edit]) -> list[JSON]:
    """The JSON-able form of a batch."""
    return [_edit_to_json(edit) for edit in edits]


def _edit_from_json(value: JSON) -> Edit:
    if not isinstance(value, Mapping):
        raise DocumentError("an edit must be an object")
    op = value.get("op")
    if not isinstance(op, str) or op not in KEYS:
        raise DocumentError(f'"op" must be one of {", ".join(KEYS)}')
    if unknown := sorted(set(value) - KEYS[op] - {"op"}):
        raise DocumentError(f"{op} has no key {quoted(unknown[0])}; its keys are {', '.join(sorted(KEYS[op]))}")
    match op:
        case "add_node":
            return AddNode(node_from_json(value.get("node"), '"node"'))
        case "connect":
            return Connect(edge_from_json(value.get("edge"), '"edge"'))
        case "disconnect":
            return Disconnect(edge_from_json(value.get("edge"), '"edge"'))
        case _:
            return _at_node(op, _name(value, "id"), value)


def _at_node(op: str, id: str, value: Mapping[str, JSON]) -> Edit:
    match op:
        case "remove_node":
            return RemoveNode(id)
        case "replace":
            return Replace(id, node_from_json(value.get("node"), '"node"'))
        case "configure":
            return Configure(id, _settings(value), _names(value, "unset", "names of settings"))
        case "rename_node":
            return RenameNode(id, _name(value, "new_id"))
        case "group":
            return Group(_names(value, "ids", "ids of nodes"), id)
        case "ungroup":
            return Ungroup(id, _prefix(value))
        case "within":
            return Within(id, _inner(id, value))
        case _:
            return MoveNode(id, position_from_json(value.get("position"), "move_node"))


def _edit_to_json(edit: Edit) -> dict[str, JSON]:
    match edit:
        case AddNode(node):
            return {"op": "add_node", "node": node_to_json(node)}
        case RemoveNode(id):
            return {"op": "remove_node", "id": id}
        case Replace(id, node):
            return {"op": "replace", "id": id, "node": node_to_json(node)}
        case Configure(id, settings, unset):
            return {"op": "configure", "id": id, "set": dict(settings), "unset": list(unset)}
        case RenameNode(id, new_id):
            return {"op": "rename_node", "id": id, "new_id": new_id}
        case Connect(edge):
            return {"op": "connect", "edge": edge_to_json(edge)}
        case Disconnect(edge):
            return {"op": "disconnect", "edge": edge_to_json(edge)}
        case MoveNode(id, position):
            return {"op": "move_node", "id": id, "position": None if position is None else position_to_json(position)}
        case Group(ids, id):
            return {"op": "group", "ids": list(ids), "id": id}
        case Ungroup(id, prefix):
            return {"op": "ungroup", "id": id, **({"prefix": prefix} if prefix else {})}
        case Within(id, edits):
            return {"op": "within", "id": id, "edits": edits_to_json(edits)}


def _name(value: Mapping[str, JSON], key: str) -> str:
    name = value.get(key)
    if not isinstance(name, str) or not name:
        raise DocumentError(f'"{key}" must be the id of a node')
    return name


def _prefix(value: Mapping[str, JSON]) -> str:
    prefix = value.get("prefix", "")
    if not isinstance(prefix, str):
        raise DocumentError('"prefix" must be text to go before ids')
    return prefix


def _settings(value: Mapping[str, JSON]) -> Mapping[str, JSON]:
    settings = value.get("set", {})
    if not isinstance(settings, Mapping):
        raise DocumentError('"set" must be an object of settings')
    return settings


def _names(value: Mapping[str, JSON], key: str, what: str) -> tuple[str, ...]:
    names = value.get(key, [])
    if not isinstance(names, list):
        raise DocumentError(f'"{key}" must be a list of {what}')
    texts = tuple(name for name in names if isinstance(name, str))
    if len(texts) < len(names):
        raise DocumentError(f'"{key}" must be a list of {what}')
    return texts


def _inner(id: str, value: Mapping[str, JSON]) -> tuple[Edit, ...]:
    """The edits inside a node, as deep as JSON may be nested."""
    edits = value.get("edits")
    if not isinstance(edits, list):
        raise DocumentError('"edits" must be a list')
    inner: list[Edit] = []
    for index, edit in enumerate(edits):
        try:
            inner.append(_edit_from_json(edit))
        except DocumentError as error:
            raise DocumentError(f"in {quoted(id)}, edits[{index}]: {error}") from None
    return tuple(inner)
