"""The generated pages of ``docs/``: written from the data and code that run, never by hand.

Pure except for ``__main__``, which writes them; a test says when one is stale.
"""

from collections.abc import Mapping

from typer.core import TyperGroup

from feishu_plugin.app.docs import cli_page, rules_page, schema_page
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.reports import handbook
from feishu_plugin.schema import Schema


def pages(schema: Schema, command: TyperGroup) -> Mapping[str, str]:
    """File name to Markdown; ``command`` is the root of the command line."""
    return {
        "rules.md": rules_page.render(schema, packaged_policy(schema), packaged_rows()),
        "cli.md": cli_page.render(command),
        "schema.md": schema_page.render(schema),
        "kpi.md": handbook.render(schema),
    }
