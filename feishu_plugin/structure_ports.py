"""What provisioning needs from the outside: the structure of one base, and what a tenant may add to it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from feishu_plugin.binding import LiveTable
from feishu_plugin.ports import Json


class Structure(Protocol):
    """The structure of one base as it is: read whole, changed one object at a time.

    Bodies are Feishu's own (bitable v1): ``{"field_name", "type", "ui_type", "property",
    "description": {"disable_sync", "text"}}`` and so on.
    """

    def live(self) -> Sequence[LiveTable]:
        """Every table with its fields and views (views with their ``property``)."""
        ...

    def create_table(self, name: str, default_view_name: str, fields: Sequence[Json]) -> str:
        """Returns the table id; ``fields[0]`` becomes the primary field."""
        ...

    def rename_table(self, table_id: str, name: str) -> None:
        """Gives a table a new name."""
        ...

    def delete_table(self, table_id: str) -> None:
        """Deletes a table and everything in it."""
        ...

    def create_field(self, table_id: str, body: Json) -> str:
        """Returns the field id."""
        ...

    def update_field(self, table_id: str, field_id: str, body: Json) -> None:
        """Overwrites a field whole: options that are not in the body are lost."""
        ...

    def delete_field(self, table_id: str, field_id: str) -> None:
        """Deletes a column and its cells."""
        ...

    def create_view(self, table_id: str, name: str, view_type: str) -> str:
        """Returns the view id (of a form view it is the form id as well)."""
        ...

    def update_view(self, table_id: str, view_id: str, body: Json) -> None:
        """Sets ``view_name`` and ``property`` (filter_info, hidden_fields)."""
        ...

    def delete_view(self, table_id: str, view_id: str) -> None:
        """Deletes a view."""
        ...

    def form(self, table_id: str, form_id: str) -> Json:
        """``{name, description, shared, shared_url, shared_limit, submit_limit_once}``."""
        ...

    def update_form(self, table_id: str, form_id: str, body: Json) -> None:
        """Changes the form's settings."""
        ...

    def questions(self, table_id: str, form_id: str) -> Sequence[Json]:
        """``[{field_id, title, description, required, visible}]`` in order."""
        ...

    def update_question(self, table_id: str, form_id: str, field_id: str, body: Json) -> None:
        """Changes one question."""
        ...


class Extras(Protocol):
    """What a tenant may not have: view settings and dashboards (base v3), roles (advanced permissions).

    Every method raises FeishuError where the tenant does not answer.
    """

    def view_setting(self, table_id: str, view_id: str, name: str) -> Any:
        """``sort``, ``group``, ``timebar`` or ``visible_fields`` of a view, as Feishu answers it."""
        ...

    def set_view_setting(self, table_id: str, view_id: str, name: str, body: Json) -> None:
        """Overwrites one setting."""
        ...

    def dashboards(self) -> Sequence[Json]:
        """``[{dashboard_id, name}]``."""
        ...

    def dashboard(self, dashboard_id: str) -> Json:
        """``{name, theme, blocks: [{block_id, name, type, data_config}]}``."""
        ...

    def create_dashboard(self, name: str, theme: str) -> str:
        """Returns the dashboard id."""
        ...

    def update_dashboard(self, dashboard_id: str, name: str, theme: str) -> None:
        """Renames or restyles a dashboard."""
        ...

    def delete_dashboard(self, dashboard_id: str) -> None:
        """Deletes a dashboard with its blocks."""
        ...

    def arrange_dashboard(self, dashboard_id: str) -> None:
        """Lays the blocks out anew; Feishu chooses how."""
        ...

    def create_block(self, dashboard_id: str, body: Json) -> str:
        """``{name, type, data_config}``; returns the block id."""
        ...

    def update_block(self, dashboard_id: str, block_id: str, body: Json) -> None:
        """``{name?, data_config?}``; the type never changes."""
        ...

    def delete_block(self, dashboard_id: str, block_id: str) -> None:
        """Deletes a block."""
        ...

    def is_advanced(self) -> bool:
        """True when advanced permissions are on."""
        ...

    def roles(self) -> Sequence[Json]:
        """``[{role_id, role_name, table_roles, …}]``."""
        ...

    def create_role(self, body: Json) -> str:
        """Returns the role id."""
        ...

    def update_role(self, role_id: str, body: Json) -> None:
        """Overwrites a role whole."""
        ...

    def delete_role(self, role_id: str) -> None:
        """Deletes a role with its members."""
        ...


class Identities(Protocol):
    """What is remembered of the ids of one base (see ``identity``)."""

    def known(self) -> Mapping[str, str]:
        """Id to key path."""
        ...

    def learn(self, found: Mapping[str, str]) -> None:
        """Adds what is new."""
        ...
