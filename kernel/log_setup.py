"""Structured logs: JSON lines for machines, plain lines on a terminal."""

import logging
import sys

import structlog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def set_up_logging(*, level: str = "INFO", json: bool = True) -> None:
    """Configures structlog for this process, on standard error; raises SystemExit for a level there is not."""
    if level not in LEVELS:
        raise SystemExit(f"NF_LOG_LEVEL must be one of {', '.join(LEVELS)}, not {level[:40]!r}")
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
