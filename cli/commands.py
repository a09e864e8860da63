"""Every command in one table. Each command's room is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from cli import log_commands

app = typer.Typer(
    name="neuralforge",
    help="Draw a neural network, train it on your own GPUs, take home an artefact proven equal to what was trained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(log_commands.events, name="events")
app.add_typer(log_commands.dead_letters, name="dead-letters")

Json = Annotated[bool, typer.Option("--json", help="One JSON document or one JSON line per step, for programs.")]
Document = Annotated[Path, typer.Argument(metavar="FILE", help="A blueprint document (JSON).")]


@app.command()
def check(
    file: Document,
    json: Json = False,
    batch: Annotated[int, typer.Option(min=1, help="Batch size the memory figures are for.")] = 1,
    precision: Annotated[str, typer.Option(help="float32, float16 or bfloat16.")] = "float32",
    optimizer: Annotated[str, typer.Option(help="adam, adamw, sgd, ...: whose state takes memory.")] = "adam",
) -> None:
    """Analyse a blueprint: shapes, parameters, MACs, memory and every issue. Exit 0 valid, 1 invalid, 2 unreadable."""
    from cli.check import run

    raise typer.Exit(run(file, json=json, batch=batch, precision=precision, optimizer=optimizer))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="A blueprint document (JSON).")],
    new: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    json: Json = False,
) -> None:
    """Tell the edits that lead from A to B, and what they cost. Exit 0, or 2 where a file is unreadable."""
    from cli.diff import run

    raise typer.Exit(run(old, new, json=json))


@app.command()
def merge(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The document both come from.")],
    ours: Annotated[Path, typer.Argument(metavar="OURS", help="One of them; where both changed a thing, it is kept.")],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS", help="The other.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The file to write, conflicts or not.")],
    json: Json = False,
) -> None:
    """Bring two people's changes together. Exit 0 clean, 1 with conflicts, which are listed, 2 unreadable."""
    from cli.merge import run

    raise typer.Exit(run(base, ours, theirs, output, json=json))


@app.command()
def code(file: Document) -> None:
    """Print the PyTorch source of a blueprint."""
    from cli.code import run

    run(file)


@app.command()
def catalogue(
    type: Annotated[str | None, typer.Argument(help="A layer; without one, all are listed.")] = None,
    json: Json = False,
) -> None:
    """List the layers there are, or show one of them: ports, settings, example, PyTorch."""
    from cli.catalogue import run

    run(type, json=json)


@app.command()
def templates(
    name: Annotated[str | None, typer.Argument(help="A template; without one, all are listed.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="May be repeated.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="The file to write.")] = None,
    json: Json = False,
) -> None:
    """List the templates, or make a blueprint from one."""
    from cli.templates import run

    run(name, param or [], output, json=json)


@app.command()
def train(
    file: Document,
    data: Annotated[str, typer.Option(metavar="NAME|DIR", help="A built-in data set, or a folder of one.")],
    epochs: Annotated[int, typer.Option(min=1)] = 20,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:0, ...")] = "cpu",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where weights, checkpoint, metrics and report go.")] = Path(
        "out/train"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in --out.")] = False,
    json: Json = False,
) -> None:
    """Train a blueprint on this machine, without any service."""
    from cli.train import run

    run(file, data, epochs=epochs, seed=seed, device=device, out=out, resume=resume, json=json)


@app.command()
def export(
    file: Document,
    weights: Annotated[Path, typer.Option(metavar="W", help="The model.safetensors of a training.")],
    format: Annotated[str, typer.Option("--format", metavar="F", help="onnx")],
    out: Annotated[Path, typer.Option("--out", metavar="O", help="The file to write.")],
    data: Annotated[str, typer.Option(metavar="NAME|DIR", help="Whose test split the proof is made on.")] = "digits",
    json: Json = False,
) -> None:
    """Export trained weights and prove the result equal to them; an unproven file is not left behind."""
    from cli.export import run

    raise typer.Exit(run(file, weights, format, out, data, json=json))


@app.command()
def up(
    split: Annotated[
        bool, typer.Option("--split", help="Each service and the gateway in a process of its own.")
    ] = False,
    replicas: Annotated[
        str, typer.Option(metavar="NAME=N,...", help="With --split: how many of each, e.g. graph=2,training=2.")
    ] = "",
) -> None:
    """Run the whole platform on this machine until Ctrl-C."""
    from cli.up import run

    run(divided=split, replicas=replicas)


@app.command()
def demo(
    split: Annotated[
        bool, typer.Option("--split", help="Each service and the gateway in a process of its own.")
    ] = False,
) -> None:
    """Do the main job on real input and write out/demo/: draw, train, evaluate, export, pay."""
    from cli.demo import run

    run(divided=split)
