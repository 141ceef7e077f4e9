"""A small office in the sandbox: one of every thing an endpoint can be about, with its id by name."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.bases_at_hand import button, card
from tests.sandbox.bitable import API, ORDER_FIELDS
from tests.sandbox.conftest import Answer, Json, Sandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
DRIVE, IM, ROLE = "/open-apis/drive/v1", "/open-apis/im/v1", {"role_name": "Readers", "table_roles": []}
EXTRA = '{"bitablePerm":{"tableId":"$table_id"}}'
"""Names the table of an attachment, as bases under advanced permission demand."""
V3 = "/open-apis/base/v3/bases"
WIKI = "/open-apis/wiki/v2/spaces"
STEPS: list[Json] = [
    {"id": "s1", "type": "AddRecordTrigger", "title": "New", "next": "s2", "data": {"table_name": "Orders"}},
    {"id": "s2", "type": "LarkMessageAction", "title": "Tell", "data": {}},
]
NAMED = re.compile(r"\$([a-z_]+)")


class Premises:
    """Makes everything once; ``ids`` holds it by name, ``filled`` puts the ids into a template."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.ids = sandbox, {"app_id": sandbox.ready["app_id"]}
        self.ids["app_secret"] = sandbox.ready["app_secret"]
        self._people()
        self._base()
        self._records_and_views()
        self._figures()
        self._wiki()
        self._messages()
        self._files()

    def ask(self, method: str, path: str, *, who: str = "", **kwargs: Any) -> Answer:
        """One call of the app (or a person); ``$name`` in path, params and json stands for an id."""
        token = self.sandbox.user(who)["user_access_token"] if who else self.sandbox.app_token()
        kwargs = {"token": token, **self.filled(kwargs)}
        return self.sandbox.call(method, self.filled(path), **kwargs)

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """One call of the app, its answer as it came."""
        return self.sandbox.raw(
            method, self.filled(path), **{"token": self.sandbox.app_token(), **self.filled(kwargs)}
        )

    def filled(self, template: Any) -> Any:
        """The template with every ``$name`` replaced."""
        if isinstance(template, str):
            return NAMED.sub(lambda found: self.ids[found[1]], template)
        if isinstance(template, dict):
            return {key: self.filled(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.filled(value) for value in template]
        return template

    def _made(self, path: str, body: Json) -> Json:
        return self.ask("POST", path, json=body).data

    def _people(self) -> None:
        for place, user in enumerate(self.sandbox.ready["users"]):
            names = ("open_id", "union_id", "user_id", "email")
            self.ids |= {f"{name}_{'abcdefg'[place]}": user[name] for name in names}
        self.ids["open_id"] = self.ids["open_id_a"]
        children = "/open-apis/contact/v3/departments/0/children"
        self.ids["department"] = self.ask("GET", children).data["items"][0]["open_department_id"]

    def _base(self) -> None:
        self.ids["app_token"] = self._made(f"{API}/apps", {"name": "Office"})["app"]["app_token"]
        self.ids["other_base"] = self._made(f"{API}/apps", {"name": "Other"})["app"]["app_token"]
        self.ask("PUT", f"{API}/apps/$app_token", json={"is_advanced": True})
        tables = f"{API}/apps/$app_token/tables"
        self.ids["spare_table"] = self._made(tables, {"table": {"name": "Spare"}})["table_id"]
        table = {"name": "Orders", "default_view_name": "All", "fields": ORDER_FIELDS}
        made = self._made(tables, {"table": table})
        self.ids |= {"table_id": made["table_id"], "view_id": made["default_view_id"]}
        fields = zip(ORDER_FIELDS, made["field_id_list"], strict=True)
        self.ids |= {f"field_{field['field_name'].lower()}": id for field, id in fields}
        link = {"field_name": "Spare", "type": 18, "property": {"table_id": "$spare_table"}}
        self.ids["field_link"] = self._made(f"{tables}/$table_id/fields", link)["field"]["field_id"]
        self.ids["role_id"] = self._made(f"{API}/apps/$app_token/roles", ROLE)["role"]["role_id"]
        members = f"{API}/apps/$app_token/roles/$role_id/members"
        self._made(members, {"member_id": "$open_id_b"})

    def _records_and_views(self) -> None:
        table = f"{API}/apps/$app_token/tables/$table_id"
        rows = [{"fields": {"Title": title, "State": "Open"}} for title in ("a", "b", "c")]
        records = self._made(f"{table}/records/batch_create", {"records": rows})["records"]
        self.ids |= {f"record_{'abc'[place]}": record["record_id"] for place, record in enumerate(records)}
        form = self._made(f"{table}/views", {"view_name": "Ask", "view_type": "form"})
        self.ids["form_id"] = form["view"]["view_id"]

    def _figures(self) -> None:
        base = f"{V3}/$app_token"
        self.ids["dashboard"] = self._made(f"{base}/dashboards", {"name": "Figures"})["dashboard_id"]
        note = {"name": "Note", "type": "text", "data_config": {"text": "# Hello"}}
        self.ids["block"] = self._made(f"{base}/dashboards/$dashboard/blocks", note)["block_id"]
        flow = {"client_token": "t-1", "title": "Tell", "steps": STEPS}
        self.ids["workflow"] = self._made(f"{base}/workflows", flow)["workflow_id"]
        views = f"{API}/apps/$app_token/tables/$table_id/views"
        for kind in ("gallery", "gantt"):
            self.ids[kind] = self._made(views, {"view_name": kind, "view_type": kind})["view"]["view_id"]

    def _wiki(self) -> None:
        self.ids["space"] = self.ask("GET", WIKI).data["items"][0]["space_id"]
        base = {"obj_type": "bitable", "node_type": "origin", "title": "Wiki"}
        node = self._made(f"{WIKI}/$space/nodes", base)["node"]
        self.ids |= {"node": node["node_token"], "wiki_base": node["obj_token"]}
        private = self.ask("POST", f"{WIKI}/$space/nodes", who="周子墨", json=base).data["node"]
        self.ids["private_node"] = private["node_token"]

    def _messages(self) -> None:
        shown = card(button("go", {"act": "x"}))
        self.ids["card"] = self._send("interactive", shown)
        self.ids["text"] = self._send("text", {"text": "hi"})
        image: Json = {"files": {"image": ("x.png", PNG)}, "data": {"image_type": "message"}}
        self.ids["image_key"] = self.ask("POST", f"{IM}/images", **image).data["image_key"]

    def _send(self, msg_type: str, content: Json) -> str:
        body = {"receive_id": "$open_id_a", "msg_type": msg_type, "content": json.dumps(content)}
        return str(self._made(f"{IM}/messages?receive_id_type=open_id", body)["message_id"])

    def _files(self) -> None:
        whole = {
            "file_name": "a.txt",
            "parent_type": "bitable_file",
            "parent_node": "$app_token",
            "size": "3",
        }
        upload: Json = {"data": whole, "files": {"file": ("a.txt", b"abc")}}
        self.ids["file_token"] = self.ask("POST", f"{DRIVE}/medias/upload_all", **upload).data["file_token"]
        prepared = {**whole, "size": 3}
        for name in ("upload", "sent_upload"):
            self.ids[name] = self._made(f"{DRIVE}/medias/upload_prepare", prepared)["upload_id"]
        part = {"upload_id": "$sent_upload", "seq": "0", "size": "3"}
        self.ask("POST", f"{DRIVE}/medias/upload_part", data=part, files={"file": ("a", b"abc")})
        asked = {"file_tokens": "$file_token", "extra": EXTRA}
        urls = self.ask("GET", f"{DRIVE}/medias/batch_get_tmp_download_url", params=asked).data
        url = urls["tmp_download_urls"][0]["tmp_download_url"]
        self.ids["code"] = parse_qs(urlsplit(url).query)["code"][0]
