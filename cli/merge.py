"""`neuralforge merge`: two documents that come from the same one are brought together."""

import json as json_codec
from pathlib import Path

import blueprint
from cli.documents import read


def run(base: Path, ours: Path, theirs: Path, output: Path, *, json: bool) -> int:
    """Returns the exit code: 0 clean, 1 with conflicts. The output is written in both cases, ours kept in conflicts."""
    merged = blueprint.merge(read(base), read(ours), read(theirs))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json_codec.dumps(blueprint.to_document(merged.graph), indent=2) + "\n", encoding="utf-8")
    if json:
        print(json_codec.dumps({"conflicts": [conflict.to_json() for conflict in merged.conflicts]}, indent=2))
    else:
        for conflict in merged.conflicts:
            print(f"conflict: {conflict.message}")
        print(f"{output}: {_summary(len(merged.conflicts))}")
    return 1 if merged.conflicts else 0


def _summary(conflicts: int) -> str:
    if not conflicts:
        return "merged without conflicts"
    return f"merged with {conflicts} {'conflict' if conflicts == 1 else 'conflicts'}, ours kept in each"
