"""Structured logs: JSON lines for machines, plain lines on a terminal; each with its trace, none with a secret.

What libraries log by the standard library goes the same way, from WARNING on.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from kernel.redaction import redact
from kernel.trace import identifiers

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def set_up_logging(*, level: str = "INFO", json: bool = True) -> None:
    """Configures logging for this process, on standard error; raises SystemExit for a level there is not."""
    if level not in LEVELS:
        raise SystemExit(f"NF_LOG_LEVEL must be one of {', '.join(LEVELS)}, not {level[:40]!r}")
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    told: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_trace,
    ]
    shown: list[structlog.types.Processor] = [structlog.processors.format_exc_info, redact, renderer]
    structlog.configure(
        processors=[*told, *shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _take_over_libraries(told, shown, max(logging.WARNING, logging.getLevelName(level)))


def _take_over_libraries(
    told: list[structlog.types.Processor], shown: list[structlog.types.Processor], level: int
) -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*told, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shown],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("psycopg").setLevel(max(logging.ERROR, level))  # it warns of each query that we cancel ourselves
    logging.getLogger("psycopg.pool").setLevel(level)


def add_trace(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The trace id and span id of what is being done, as far as it is part of anything."""
    trace_id, span_id = identifiers()
    if trace_id:
        event.update(trace_id=trace_id, span_id=span_id)
    return event
