"""Reading blueprint documents from files."""

from pathlib import Path

import blueprint
from cli.failures import Failure

LARGEST = 64 * 1024 * 1024


def read(file: Path) -> blueprint.Graph:
    """The graph in `file`; raises Failure or DocumentError saying what is wrong with it."""
    if not file.is_file():
        raise Failure(f"there is no file {file}; name a blueprint document")
    if file.stat().st_size > LARGEST:
        raise Failure(f"{file} has {file.stat().st_size} bytes, which is over the limit for a blueprint document")
    try:
        return blueprint.parse(file.read_bytes())
    except blueprint.DocumentError as error:
        raise Failure(f"{file}: {error}") from error


def read_valid(file: Path) -> blueprint.Graph:
    """The graph in `file`; raises Failure naming the first issue of an invalid one."""
    graph = read(file)
    issues = [issue for issue in blueprint.analyze(graph).issues if issue.severity == "error"]
    if issues:
        more = f" ({len(issues) - 1} more: neuralforge check {file})" if len(issues) > 1 else ""
        raise Failure(f"{file} is not valid: {issues[0].message}{more}")
    return graph
