"""Bases, tables, records, views, forms and roles that cannot be, and callers who may not."""

from tests.contract.refusing import (
    APP,
    FIELDS,
    RECORDS,
    SPARE,
    TABLE,
    VIEWS,
    Refused,
    ask,
    post,
    switched,
)
from tests.sandbox.bitable import API
from tests.sandbox.conftest import Json

UUID = "6f1f3c0e-2a77-4b0e-9a55-0c1d2e3f4a5b"
PLAIN: Json = {"fields": {"Title": "x"}}
UNADVANCED = ("PUT", APP, {"json": {"is_advanced": False}})


def views(count: int) -> tuple[tuple[str, str, Json], ...]:
    """So many more views."""
    return tuple(("POST", VIEWS, {"json": {"view_name": f"v{n}", "view_type": "grid"}}) for n in range(count))


def tables(count: int) -> tuple[tuple[str, str, Json], ...]:
    """So many more tables."""
    return (
        (
            "POST",
            f"{APP}/tables/batch_create",
            {"json": {"tables": [{"name": f"t{n}"} for n in range(count)]}},
        ),
    )


def roles(count: int) -> tuple[tuple[str, str, Json], ...]:
    """So many more roles."""
    return tuple(
        ("POST", f"{APP}/roles", {"json": {"role_name": f"r{n}", "table_roles": []}}) for n in range(count)
    )


def chats(start: int, end: int) -> Json:
    """So many groups as members of a role."""
    return {"member_list": [{"type": "chat_id", "id": f"oc_{n:032x}"} for n in range(start, end)]}


FULL = {
    "table": {
        "name": "Full",
        "default_view_name": "V",
        "fields": [{"field_name": f"f{n}", "type": 1} for n in range(300)],
    }
}

BASES: tuple[Refused, ...] = (
    ask(91402, 404, "GET", f"{API}/apps/nobody"),
    post(1254031, 200, f"{API}/apps", {"name": "x" * 256}),
    post(99992402, 400, f"{API}/apps", {"time_zone": "Mars/Olympus"}),
    post(1254001, 200, f"{API}/apps", {"name": ["x"]}),
    post(1254001, 200, f"{API}/apps", ["x"]),
    ask(1254031, 200, "PUT", APP, {"name": "x" * 101}),
    ask(1254302, 403, "PUT", APP, {"name": "mine"}, who="周子墨"),
    ask(1254302, 403, "DELETE", TABLE, who="周子墨"),
    post(1254302, 403, FIELDS, {"field_name": "New", "type": 1}, who="周子墨"),
    post(1254013, 200, f"{APP}/tables", {"table": {"name": "Orders"}}),
    post(99992402, 400, f"{APP}/tables", {"table": {"name": "a/b"}}),
    post(99992402, 400, f"{APP}/tables", {"table": {"name": "x", "default_view_name": "V"}}),
    post(1254012, 400, f"{APP}/tables", {"table": {"name": "x", "fields": [{"field_name": "a", "type": 3}]}}),
    post(
        1254014,
        400,
        f"{APP}/tables",
        {"table": {"name": "x", "fields": [{"field_name": "a", "type": 1}] * 2}},
    ),
    post(1254100, 200, f"{APP}/tables", {"table": {"name": "one too many"}}, before=tables(97)),
    ask(1254004, 200, "DELETE", f"{APP}/tables/nobody"),
    ask(1254041, 200, "DELETE", f"{APP}/tables/tblNobody"),
    ask(1254041, 404, "PATCH", f"{APP}/tables/tblNobody", {"name": "x"}),
    ask(1254013, 400, "PATCH", TABLE, {"name": "Spare"}),
    post(1254034, 403, f"{API}/apps/$other_base/tables/batch_delete", {"table_ids": ["$other_table"]}),
    post(99992402, 400, f"{APP}/tables/batch_delete", {"table_ids": ["tblNobody"] * 51}),
)

RECORDS_REFUSED: tuple[Refused, ...] = (
    post(99992402, 400, RECORDS, {}),
    post(99992402, 400, RECORDS, {"fields": []}),
    post(1254104, 200, f"{RECORDS}/batch_create", {"records": [PLAIN] * 1001}),
    post(
        1254104,
        200,
        f"{RECORDS}/batch_create",
        {"records": [PLAIN] * 501},
        before=(switched(batch_limit=500),),
    ),
    post(1254104, 200, f"{RECORDS}/batch_delete", {"records": ["recNobody00000"] * 501}),
    post(99992402, 400, f"{RECORDS}/batch_create", {"records": []}),
    post(99992402, 400, f"{RECORDS}/batch_get", {"record_ids": ["recNobody00000"] * 101}),
    post(99992402, 400, f"{RECORDS}/batch_get", {}),
    post(1254043, 200, f"{RECORDS}/batch_update", {"records": [{"record_id": "recNobody00000", **PLAIN}]}),
    ask(1254043, 200, "DELETE", f"{RECORDS}/recNobody00000"),
    ask(1254043, 200, "GET", f"{RECORDS}/recNobody00000"),
    ask(1254006, 200, "PUT", f"{RECORDS}/nobody", PLAIN),
    post(1254037, 400, f"{RECORDS}?client_token=x", PLAIN),
    post(
        1255006,
        400,
        f"{RECORDS}?client_token={UUID}",
        PLAIN,
        before=(("POST", f"{RECORDS}?client_token={UUID}", {"json": {"fields": {"Title": "y"}}}),),
    ),
    post(99992402, 400, f"{RECORDS}?user_id_type=name", PLAIN),
    post(99992402, 400, f"{RECORDS}/search?page_size=501", {}),
    post(1254011, 400, f"{RECORDS}/search?page_size=0", {}),
    post(1254030, 200, f"{RECORDS}/search?page_token=x", {}),
    ask(99992402, 400, "GET", f"{FIELDS}?page_size=101"),
    ask(1254030, 200, "GET", f"{FIELDS}?page_token=fldNobody"),
)

VIEWS_AND_FORMS: tuple[Refused, ...] = (
    post(1254019, 200, VIEWS, {"view_name": "x", "view_type": "calendar"}),
    post(1254020, 200, VIEWS, {"view_name": "All", "view_type": "grid"}),
    post(1254021, 200, VIEWS, {"view_name": "", "view_type": "grid"}),
    post(1254022, 200, VIEWS, {"view_name": "a[b]", "view_type": "grid"}),
    post(1254101, 200, VIEWS, {"view_name": "one too many", "view_type": "grid"}, before=views(196)),
    ask(1254023, 200, "DELETE", f"{SPARE}/views/$spare_view"),
    ask(1254042, 404, "GET", f"{VIEWS}/vewNobody"),
    ask(1254042, 200, "DELETE", f"{VIEWS}/vewNobody"),
    ask(1254005, 400, "GET", f"{VIEWS}/nobody"),
    ask(1254044, 404, "PATCH", f"{VIEWS}/$view_id", {"property": {"hidden_fields": ["fldNobody"]}}),
    ask(1254012, 400, "PATCH", f"{VIEWS}/$view_id", {"property": {"hidden_fields": ["$field_title"]}}),
    ask(1254042, 404, "GET", f"{TABLE}/forms/$view_id"),
    ask(1254049, 404, "PATCH", f"{TABLE}/forms/$form_id/fields/fldNobody", {"title": "x"}),
    ask(99992402, 400, "PATCH", f"{TABLE}/forms/$form_id", {"shared_limit": "everybody"}),
)

ROLES: tuple[Refused, ...] = (
    ask(1254301, 200, "GET", f"{APP}/roles", before=(UNADVANCED,)),
    post(1254032, 200, f"{APP}/roles", {"role_name": "", "table_roles": []}),
    post(1254033, 200, f"{APP}/roles", {"role_name": "Readers", "table_roles": []}),
    post(1254110, 200, f"{APP}/roles", {"role_name": "one too many", "table_roles": []}, before=roles(29)),
    post(
        1254111,
        400,
        f"{APP}/roles/$role_id/members/batch_create",
        chats(0, 1),
        before=tuple(
            ("POST", f"{APP}/roles/$role_id/members/batch_create", {"json": chats(start, end)})
            for start, end in ((1, 101), (101, 200))
        ),
    ),
    ask(1254047, 200, "DELETE", f"{APP}/roles/rolNobody"),
    ask(1254048, 200, "DELETE", f"{APP}/roles/$role_id/members/$open_id_e"),
    post(99992402, 400, f"{APP}/roles/$role_id/members/batch_create", {"member_list": []}),
)

BLOCKS: tuple[Refused, ...] = (
    post(1254050, 404, f"{APP}/dashboards/blkNobody/copy", {"name": "x"}),
    post(1254038, 400, f"{APP}/dashboards/$dashboard/copy", {"name": "x" * 101}),
    post(1254039, 400, f"{APP}/dashboards/$dashboard/copy", {"name": "Figures"}),
    ask(1254800, 400, "PUT", f"{APP}/workflows/1", {"status": "Enable"}),
)

LIMITS: tuple[Refused, ...] = (
    post(
        1254105,
        200,
        f"{APP}/tables/$full_table/fields",
        {"field_name": "one too many", "type": 1},
    ),
)
