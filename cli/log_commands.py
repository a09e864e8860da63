"""The operators' commands on event logs: `events` and `dead-letters`, with what stands below them."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON line each, for programs.")]
Context = Annotated[str, typer.Argument(metavar="CONTEXT", help="workspace, graph, dataset, training, export, billing")]
OnlyContext = Annotated[str | None, typer.Option("--context", help="Only this service's.")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="PostgreSQL, as its administrator; else that of the data folder (NF_DATA_DIR)."),
]
Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="As `dead-letters list` shows them.")]
Every = Annotated[bool, typer.Option("--all", help="All of that context.")]

events = typer.Typer(invoke_without_command=True, help="Read, follow and replay event logs.")
dead_letters = typer.Typer(no_args_is_help=True, help="Events that a consumer could not take: list, retry, drop.")


@events.callback()
def read(
    command: typer.Context,
    context: OnlyContext = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream's events.")] = None,
    type: Annotated[str | None, typer.Option(help="Only this type's: graph.VersionSaved.v1, or VersionSaved.")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="Only behind this position of the --context's log.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for new ones until Ctrl-C.")] = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """Print the event log of the data folder (NF_DATA_DIR), oldest first, whether the platform runs or not."""
    if command.invoked_subcommand:
        return
    from cli.events import run

    run(context, stream, type=type, after=after, limit=limit, follow=follow, database=database, json=json)


@events.command()
def replay(context: Context, database: Database = None, json: Json = False) -> None:
    """Replay a log beside its read model and tell where that differs. Exit 0 where it does not, 1 where it does."""
    from cli.rebuild import run

    raise typer.Exit(run(context, swap=False, database=database, json=json))


@events.command()
def rebuild(context: Context, database: Database = None, json: Json = False) -> None:
    """Replay a log into new tables and put them in place of its read model, which serves all the while."""
    from cli.rebuild import run

    raise typer.Exit(run(context, swap=True, database=database, json=json))


@dead_letters.command("list")
def list_dead_letters(context: OnlyContext = None, database: Database = None, json: Json = False) -> None:
    """Print what could not be taken, by whom and why."""
    from cli.dead_letters import show

    show(context, database=database, json=json)


@dead_letters.command()
def retry(context: Context, ids: Ids = None, every: Every = False, database: Database = None) -> None:
    """Have dead letters taken again, once the cause is mended. Exit 0 where all were taken, 1 where not."""
    from cli.dead_letters import retry as run

    raise typer.Exit(run(context, ids or [], every=every, database=database))


@dead_letters.command()
def drop(context: Context, ids: Ids = None, every: Every = False, database: Database = None) -> None:
    """Delete dead letters; the events stay in their log."""
    from cli.dead_letters import drop as run

    run(context, ids or [], every=every, database=database)
