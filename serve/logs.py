"""One JSON line a message, on the error stream; Ray keeps it with the replica's own log."""

import sys

import structlog


def write_json_lines() -> None:
    """For a process of the studio, once, when it starts."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
