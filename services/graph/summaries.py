"""What happened at a revision in a few words, for a time line."""

import json
from collections.abc import Sequence
from typing import Any

from neuralforge.graph.v1.events_pb2 import ArchitectureCreated, EditsApplied

LONGEST = 120
PLURALS = {"add_node": "added {} nodes", "remove_node": "removed {} nodes", "move_node": "moved {} nodes"}


def summary(event: ArchitectureCreated | EditsApplied) -> str:
    """Such as "added Conv2d c1", "connected a to b", "3 edits"."""
    if isinstance(event, ArchitectureCreated):
        return f"forked from version {event.origin_version}" if event.origin_version else "created"
    if event.HasField("merged"):
        return f"merged version {event.merged.version}"
    text = of_edits(json.loads(event.edits))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def of_edits(edits: Sequence[dict[str, Any]]) -> str:
    """Of a batch as it is stored."""
    if len(edits) == 1:
        return _of_edit(edits[0])
    kinds = {edit["op"] for edit in edits}
    plural = PLURALS.get(kinds.pop(), "{} edits") if len(kinds) == 1 else "{} edits"
    return plural.format(len(edits))


def _of_edit(edit: dict[str, Any]) -> str:
    match edit:
        case {"op": "add_node", "node": {"id": id, "type": type}}:
            return f"added {type} {id}"
        case {"op": "remove_node", "id": id}:
            return f"removed {id}"
        case {"op": "replace", "id": id, "node": {"type": type}}:
            return f"replaced {id} by {type}"
        case {"op": "configure", "id": id}:
            return f"changed {', '.join([*edit.get('set', ()), *edit.get('unset', ())])} of {id}"
        case {"op": "rename_node", "id": id, "new_id": new_id}:
            return f"renamed {id} to {new_id}"
        case {"op": "connect", "edge": {"source": source, "target": target}}:
            return f"connected {source} to {target}"
        case {"op": "disconnect", "edge": {"source": source, "target": target}}:
            return f"disconnected {source} from {target}"
        case {"op": "move_node", "id": id}:
            return f"moved {id}"
        case {"op": "group", "ids": ids, "id": id}:
            return f"grouped {', '.join(ids)} into {id}"
        case {"op": "ungroup", "id": id}:
            return f"ungrouped {id}"
        case {"op": "within", "id": id, "edits": inner}:
            return f"{of_edits(inner)} in {id}"
    raise ValueError(f"an edit {edit.get('op')!r} has no summary")
