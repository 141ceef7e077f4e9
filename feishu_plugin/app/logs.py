"""Log lines for whoever runs the service: on stderr, one line each, never a secret or a whole record."""

import logging
import sys

_QUIET = ("alembic", "urllib3", "uvicorn", "Lark")


def set_up(*, verbose: bool) -> None:
    """INFO with ``-v``, else WARNING; libraries only speak up when something is wrong."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
