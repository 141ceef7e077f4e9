"""The steps of ``init``, in order. Each finds what is done already, and keeps what it did before it ends.

Kept are the settings in ``.env``, and in the store which base was made here and who may open it: so a run
that was interrupted is gone on with by running it again.
"""

from collections.abc import Callable

from feishu_plugin import settings
from feishu_plugin.app.setup.administrators import administrators
from feishu_plugin.app.setup.base import base
from feishu_plugin.app.setup.console import console
from feishu_plugin.app.setup.credentials import credentials
from feishu_plugin.app.setup.run import Run
from feishu_plugin.settings import Settings

STEPS: tuple[Callable[[Run], None], ...] = (credentials, console, administrators, base)


def set_up(run: Run) -> Settings:
    """Takes all the steps; the settings that are now in force."""
    run.values = dict(settings.given())
    for step in STEPS:
        step(run)
    return run.settings()
