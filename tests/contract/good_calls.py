"""One call per endpoint that must succeed; fuzzing starts from these, so every endpoint needs one.

``$name`` is an id of the premises. Path parameters come from good_call.PATH unless a call tells others.
"""

import json

from tests.contract.good_call import Good
from tests.contract.good_calls_v3 import GOOD_V3
from tests.contract.premises import DRIVE, EXTRA, IM, PNG, WIKI
from tests.sandbox.bases_at_hand import button, card
from tests.sandbox.bitable import API
from tests.sandbox.conftest import Json

APPS = f"{API}/apps"
APP = f"{APPS}/:app_token"
TABLE = f"{APP}/tables/:table_id"
ROLES = f"{APP}/roles"
CONTACT = "/open-apis/contact/v3"
KEYS = {"app_id": "$app_id", "app_secret": "$app_secret"}
CARD = json.dumps(card(button("go", {"act": "y"})))
TEXT = json.dumps({"text": "hello"})
SUBSCRIBE: tuple[str, str, Json] = ("POST", f"{DRIVE}/files/$app_token/subscribe?file_type=bitable", {})
MEMBER = {"member_type": "openid", "member_id": "$open_id_b", "perm": "edit"}
ADD_MEMBER = ("POST", f"{DRIVE}/permissions/$app_token/members?type=bitable", MEMBER)
UPLOAD = {"file_name": "b.txt", "parent_type": "bitable_file", "parent_node": "$app_token", "size": "3"}
PART = {"upload_id": "$upload", "seq": "0", "size": "3"}
FILTER = {
    "conjunction": "and",
    "conditions": [{"field_name": "State", "operator": "is", "value": ["Open"]}],
}
BITABLE_FILE = {"file_type": "bitable"}

GOOD: dict[tuple[str, str], Good] = {
    ("POST", "/open-apis/auth/v3/tenant_access_token/internal"): Good(body=KEYS),
    ("POST", "/open-apis/auth/v3/app_access_token/internal"): Good(body=KEYS),
    ("POST", "/callback/ws/endpoint"): Good(body={"AppID": "$app_id", "AppSecret": "$app_secret"}),
    ("GET", "/open-apis/bot/v3/info"): Good(),
    ("GET", "/open-apis/application/v6/scopes"): Good(),
    ("GET", "/open-apis/application/v6/applications/:app_id"): Good(
        query={"lang": "zh_cn"}, path={"app_id": "me"}
    ),
    ("POST", f"{CONTACT}/users/batch_get_id"): Good(body={"emails": ["$email_a"], "mobiles": []}),
    ("POST", f"{CONTACT}/users/basic_batch"): Good(body={"user_ids": ["$open_id_a"]}),
    ("GET", f"{CONTACT}/users/batch"): Good(query={"user_ids": "$open_id_a"}),
    ("GET", f"{CONTACT}/users/find_by_department"): Good(query={"department_id": "$department"}),
    ("GET", f"{CONTACT}/users/:user_id"): Good(query={"user_id_type": "open_id"}),
    ("GET", f"{CONTACT}/departments/batch"): Good(query={"department_ids": "$department"}),
    ("GET", f"{CONTACT}/departments/parent"): Good(query={"department_id": "$department"}),
    ("GET", f"{CONTACT}/departments/:department_id/children"): Good(query={"page_size": "2"}),
    ("GET", f"{CONTACT}/departments/:department_id"): Good(),
    ("POST", f"{DRIVE}/files/:file_token/subscribe"): Good(query=BITABLE_FILE),
    ("GET", f"{DRIVE}/files/:file_token/get_subscribe"): Good(query=BITABLE_FILE),
    ("DELETE", f"{DRIVE}/files/:file_token/delete_subscribe"): Good(query=BITABLE_FILE, first=(SUBSCRIBE,)),
    ("DELETE", f"{DRIVE}/files/:file_token"): Good(query={"type": "bitable"}),
    ("POST", f"{DRIVE}/permissions/:token/members"): Good(query={"type": "bitable"}, body=MEMBER),
    ("GET", f"{DRIVE}/permissions/:token/members"): Good(query={"type": "bitable"}),
    ("DELETE", f"{DRIVE}/permissions/:token/members/:member_id"): Good(
        query={"type": "bitable", "member_type": "openid"}, first=(ADD_MEMBER,)
    ),
    ("POST", f"{DRIVE}/medias/upload_all"): Good(form=UPLOAD, files={"file": ("b.txt", b"abc")}),
    ("POST", f"{DRIVE}/medias/upload_prepare"): Good(body={**UPLOAD, "size": 3}),
    ("POST", f"{DRIVE}/medias/upload_part"): Good(form=PART, files={"file": ("b", b"abc")}),
    ("POST", f"{DRIVE}/medias/upload_finish"): Good(body={"upload_id": "$sent_upload", "block_num": 1}),
    ("GET", f"{DRIVE}/medias/batch_get_tmp_download_url"): Good(
        query={"file_tokens": "$file_token", "extra": EXTRA}
    ),
    ("GET", f"{DRIVE}/medias/:file_token/download"): Good(
        query={"extra": EXTRA}, path={"file_token": "$file_token"}
    ),
    ("GET", "/space/api/box/stream/download/authcode"): Good(query={"code": "$code"}),
    ("POST", f"{IM}/messages"): Good(
        query={"receive_id_type": "open_id"},
        body={"receive_id": "$open_id_a", "msg_type": "interactive", "content": CARD, "uuid": "u-1"},
    ),
    ("GET", f"{IM}/messages/:message_id"): Good(),
    ("PATCH", f"{IM}/messages/:message_id"): Good(body={"content": CARD}),
    ("PUT", f"{IM}/messages/:message_id"): Good(
        body={"msg_type": "text", "content": TEXT}, path={"message_id": "$text"}
    ),
    ("DELETE", f"{IM}/messages/:message_id"): Good(),
    ("POST", f"{IM}/messages/:message_id/reply"): Good(body={"msg_type": "text", "content": TEXT}),
    ("PATCH", f"{IM}/messages/:message_id/urgent_app"): Good(
        query={"user_id_type": "open_id"}, body={"user_id_list": ["$open_id_a"]}
    ),
    ("POST", f"{IM}/images"): Good(form={"image_type": "message"}, files={"image": ("x.png", PNG)}),
    ("GET", f"{IM}/images/:image_key"): Good(),
    ("POST", APPS): Good(body={"name": "New", "time_zone": "Asia/Shanghai", "folder_token": ""}),
    ("POST", f"{APP}/copy"): Good(body={"name": "Copy", "without_content": True}),
    ("GET", APP): Good(),
    ("PUT", APP): Good(body={"name": "Renamed", "is_advanced": True}),
    ("GET", f"{APP}/dashboards"): Good(query={"page_size": "20"}),
    ("GET", f"{APP}/workflows"): Good(),
    ("GET", f"{APP}/tables"): Good(query={"page_size": "2"}),
    ("POST", f"{APP}/tables"): Good(
        body={
            "table": {
                "name": "New",
                "default_view_name": "V",
                "fields": [
                    {"field_name": "T", "type": 1},
                    {"field_name": "N", "type": 2, "ui_type": "Progress", "property": {"formatter": "0%"}},
                    {"field_name": "L", "type": 21, "property": {"table_id": "$table_id"}},
                ],
            }
        }
    ),
    ("POST", f"{APP}/tables/batch_create"): Good(body={"tables": [{"name": "B1"}, {"name": "B2"}]}),
    ("POST", f"{APP}/tables/batch_delete"): Good(body={"table_ids": ["$spare_table"]}),
    ("PATCH", TABLE): Good(body={"name": "Sales"}),
    ("DELETE", TABLE): Good(),
    ("GET", f"{TABLE}/fields"): Good(query={"view_id": "$view_id", "text_field_as_array": "true"}),
    ("POST", f"{TABLE}/fields"): Good(
        body={
            "field_name": "Stage",
            "type": 3,
            "property": {"options": [{"name": "x", "color": 1}]},
            "description": {"disable_sync": True, "text": "why"},
        }
    ),
    ("PUT", f"{TABLE}/fields/:field_id"): Good(
        body={"field_name": "Price", "type": 2, "property": {"formatter": "0"}}
    ),
    ("DELETE", f"{TABLE}/fields/:field_id"): Good(),
    ("POST", f"{TABLE}/records"): Good(
        query={"user_id_type": "open_id"},
        body={
            "fields": {
                "Title": "t",
                "Amount": 1.5,
                "State": "Open",
                "Tags": ["x"],
                "Due": 1767225600000,
                "Paid": True,
                "Owner": [{"id": "$open_id_a"}],
                "Phone": "+8613800000000",
                "Web": {"text": "x", "link": "https://example.com"},
                "Files": [{"file_token": "$file_token"}],
                "Site": "116.397755,39.903179",
                "Group": [{"id": "oc_0123456789abcdef0123456789abcdef"}],
            }
        },
    ),
    ("PUT", f"{TABLE}/records/:record_id"): Good(body={"fields": {"Title": "t2", "Due": None}}),
    ("DELETE", f"{TABLE}/records/:record_id"): Good(),
    ("POST", f"{TABLE}/records/batch_create"): Good(
        query={"client_token": "6f1f3c0e-2a77-4b0e-9a55-0c1d2e3f4a5b"},
        body={"records": [{"fields": {"Title": "x"}}, {"fields": {}}]},
    ),
    ("POST", f"{TABLE}/records/batch_update"): Good(
        body={"records": [{"record_id": "$record_a", "fields": {"Title": "y"}}]}
    ),
    ("POST", f"{TABLE}/records/batch_delete"): Good(body={"records": ["$record_a", "$record_b"]}),
    ("POST", f"{TABLE}/records/batch_get"): Good(
        body={"record_ids": ["$record_a"], "automatic_fields": True, "with_shared_url": True}
    ),
    ("POST", f"{TABLE}/records/search"): Good(
        query={"page_size": "2"},
        body={
            "field_names": ["Title", "State"],
            "filter": {**FILTER, "children": [FILTER]},
            "sort": [{"field_name": "Title", "desc": True}],
            "automatic_fields": True,
        },
    ),
    ("GET", f"{TABLE}/records"): Good(
        query={
            "filter": 'AND(CurrentValue.[State]="Open")',
            "sort": '["Title DESC"]',
            "field_names": '["Title"]',
        }
    ),
    ("GET", f"{TABLE}/records/:record_id"): Good(query={"with_shared_url": "True"}),
    ("GET", f"{TABLE}/views"): Good(query={"page_size": "1"}),
    ("POST", f"{TABLE}/views"): Good(body={"view_name": "Board", "view_type": "kanban"}),
    ("GET", f"{TABLE}/views/:view_id"): Good(),
    ("PATCH", f"{TABLE}/views/:view_id"): Good(
        body={
            "view_name": "Mine",
            "property": {
                "filter_info": {
                    "conjunction": "and",
                    "conditions": [{"field_id": "$field_amount", "operator": "is", "value": '["3"]'}],
                },
                "hidden_fields": ["$field_due"],
                "hierarchy_config": {"field_id": "$field_link"},
            },
        }
    ),
    ("DELETE", f"{TABLE}/views/:view_id"): Good(),
    ("GET", f"{TABLE}/forms/:form_id"): Good(),
    ("PATCH", f"{TABLE}/forms/:form_id"): Good(body={"name": "Tell", "shared_limit": "off"}),
    ("GET", f"{TABLE}/forms/:form_id/fields"): Good(query={"page_size": "3"}),
    ("PATCH", f"{TABLE}/forms/:form_id/fields/:field_id"): Good(
        body={"title": "How much?", "required": True, "visible": True, "pre_field_id": "$field_title"}
    ),
    ("GET", ROLES): Good(),
    ("POST", ROLES): Good(
        body={"role_name": "New", "table_roles": [{"table_id": "$table_id", "table_perm": 1}]}
    ),
    ("PUT", f"{ROLES}/:role_id"): Good(body={"role_name": "Readers", "table_roles": []}),
    ("DELETE", f"{ROLES}/:role_id"): Good(),
    ("GET", "/open-apis/base/v2/apps/:app_token/roles"): Good(),
    ("POST", "/open-apis/base/v2/apps/:app_token/roles"): Good(body={"role_name": "N", "table_roles": []}),
    ("PUT", "/open-apis/base/v2/apps/:app_token/roles/:role_id"): Good(
        body={"role_name": "R", "table_roles": []}
    ),
    ("GET", f"{ROLES}/:role_id/members"): Good(),
    ("POST", f"{ROLES}/:role_id/members"): Good(body={"member_id": "$open_id_c"}),
    ("DELETE", f"{ROLES}/:role_id/members/:member_id"): Good(query={"member_id_type": "open_id"}),
    ("POST", f"{ROLES}/:role_id/members/batch_create"): Good(
        body={"member_list": [{"type": "open_id", "id": "$open_id_d"}]}
    ),
    ("POST", f"{ROLES}/:role_id/members/batch_delete"): Good(
        body={"member_list": [{"type": "open_id", "id": "$open_id_b"}]}
    ),
    ("GET", WIKI): Good(),
    ("GET", f"{WIKI}/get_node"): Good(query={"token": "$wiki_base", "obj_type": "bitable"}),
    ("POST", f"{WIKI}/:space_id/nodes"): Good(
        body={
            "obj_type": "bitable",
            "node_type": "origin",
            "parent_node_token": "$node",
            "title": "In the wiki",
        }
    ),
    ("GET", "/_sandbox/clock"): Good(query={"after": "-1", "timeout_s": "1"}),
    ("PUT", "/_sandbox/clock"): Good(body={"now": "2026-08-03T09:00:00+00:00", "frozen": True}),
    ("POST", "/_sandbox/clock"): Good(body={"advance_s": 15}),
    ("GET", "/_sandbox/messages"): Good(query={"to": "$open_id_a", "after": "$card"}),
    ("POST", "/_sandbox/messages/:message_id/click"): Good(
        body={"open_id": "$open_id_a", "element": "go"}, code=200340
    ),
    ("GET", "/_sandbox/faults"): Good(),
    ("PUT", "/_sandbox/faults"): Good(
        body={"seed": 1, "rules": [{"kind": "code", "route": "no such", "code": 1254290, "probability": 0.5}]}
    ),
    ("GET", "/_sandbox/stats"): Good(),
    ("POST", "/_sandbox/reset"): Good(),
    ("GET", "/_sandbox/switches"): Good(),
    ("PUT", "/_sandbox/switches"): Good(body={"batch_limit": 500, "rate_limits": False}),
    ("GET", "/_sandbox/webhook"): Good(),
    ("PUT", "/_sandbox/webhook"): Good(body={"url": None, "encrypt": False}),
    ("PUT", "/_sandbox/people/:open_id"): Good(body={"is_resigned": False, "available": True}),
    ("POST", "/_sandbox/people/:open_id/say"): Good(body={"text": "导出很慢"}),
    **GOOD_V3,
}
