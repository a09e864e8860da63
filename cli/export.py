"""`neuralforge export`: trained weights in a deployment format, proven equal or refused."""

import json as json_codec
from pathlib import Path

from cli.documents import read_valid
from cli.failures import Failure
from cli.progress import Steps
from foundry.data import load
from foundry.export import export

MOST_SAMPLES = 1000
STAGES = ("converting", "validating")


def run(file: Path, weights: Path, format: str, out: Path, data: str, *, json: bool) -> int:
    """Returns the exit code: 0 proven (or converted where it cannot be run), 1 otherwise."""
    graph = read_valid(file)
    if not weights.is_file():
        raise Failure(f"there is no file {weights}; name the model.safetensors of a training")
    samples = load(data).test.inputs[:MOST_SAMPLES]
    with Steps("export", len(STAGES), json=json) as steps:
        report = export(
            graph,
            weights,
            format,
            out,
            samples,
            on_stage=lambda stage: steps.step(STAGES.index(stage), stage, stage=stage),
        )
    if json:
        print(json_codec.dumps(report.to_json()))
    elif report.validation and report.state == "validated":
        found = report.validation
        print(f"validated on {found.samples} samples, max difference {found.max_abs_diff:.1e}: {out}")
    else:
        print(f"{report.state.replace('_', ' ')}: {report.reason or out}")
    return 0 if report.state in ("validated", "converted_not_validated") else 1
