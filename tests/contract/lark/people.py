"""Tokens, messages, images, contacts and document subscriptions through the official Python SDK."""

import io
import json
from typing import Any

from tests.contract.lark.judge import Json, Judge, main, model

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def card(text: str) -> str:
    elements = [{"tag": "markdown", "content": text}]
    return json.dumps({"schema": "2.0", "config": {"update_multi": True}, "body": {"elements": elements}})


def send(judge: Judge, msg_type: str, content: str, **more: Any) -> Any:
    """A message to the second person."""
    receiver = judge.ready["users"][1]["open_id"]
    body = model(
        "im.v1", "CreateMessageRequestBody", receive_id=receiver, msg_type=msg_type, content=content, **more
    )
    return judge.ask("im.v1.message.create", receive_id_type="open_id", request_body=body)


def token(judge: Judge) -> None:
    keys = {"app_id": judge.ready["app_id"], "app_secret": judge.ready["app_secret"]}
    body = model("auth.v3", "InternalTenantAccessTokenRequestBody", **keys)
    answer = judge.ask("auth.v3.tenant_access_token.internal", request_body=body)
    told = json.loads(answer.raw.content)
    assert (told["code"], told["msg"], told["tenant_access_token"][:2]) == (0, "ok", "t-")
    assert 1800 < told["expire"] <= 7200


def messages(judge: Judge) -> None:
    sent = send(judge, "interactive", card("周报")).data
    assert (sent.sender.id, sent.msg_type) == (judge.ready["app_id"], "interactive")
    one = {"message_id": sent.message_id}
    judge.good(
        "im.v1.message.patch",
        request_body=model("im.v1", "PatchMessageRequestBody", content=card("月报")),
        **one,
    )
    [read] = judge.good("im.v1.message.get", **one).items
    assert read.updated is True
    text = json.dumps({"text": "好"})
    body = model("im.v1", "ReplyMessageRequestBody", msg_type="text", content=text)
    answer = judge.good("im.v1.message.reply", request_body=body, **one)
    assert (answer.parent_id, answer.root_id) == (sent.message_id, sent.message_id)
    edit = model("im.v1", "UpdateMessageRequestBody", msg_type="text", content=json.dumps({"text": "行"}))
    judge.good("im.v1.message.update", message_id=answer.message_id, request_body=edit)
    judge.good("im.v1.message.delete", message_id=answer.message_id)


def the_same_uuid(judge: Judge) -> None:
    text = json.dumps({"text": "once"})
    uuid = f"digest-{id(judge)}"
    first, second = send(judge, "text", text, uuid=uuid).data, send(judge, "text", text, uuid=uuid).data
    assert first.message_id == second.message_id


def refused_cards(judge: Judge) -> None:
    wrong = send(judge, "interactive", '{"schema":"2.0","note":1}')
    assert (wrong.code, wrong.raw.status_code) == (230099, 400)
    assert "ErrCode: 200621" in wrong.msg


def images(judge: Judge) -> None:
    named = ("x.png", io.BytesIO(PNG), "image/png")
    # the SDK's asynchronous half does not know named files
    for image in (io.BytesIO(PNG), io.BytesIO(PNG) if judge.asynchronous else named):
        body = model("im.v1", "CreateImageRequestBody", image_type="message", image=image)
        key = judge.good("im.v1.image.create", request_body=body).image_key
        assert judge.ask("im.v1.image.get", image_key=key).file.read() == PNG


def attachments(judge: Judge) -> None:
    app = judge.good("bitable.v1.app.create", request_body=model("bitable.v1", "ReqApp", name="Files")).app
    where: Json = {"app_token": app.app_token, "table_id": app.default_table_id}
    given = {
        "file_name": "a.png",
        "parent_type": "bitable_file",
        "parent_node": app.app_token,
        "size": len(PNG),
    }
    body = model("drive.v1", "UploadAllMediaRequestBody", **given, file=io.BytesIO(PNG))
    token = judge.good("drive.v1.media.upload_all", request_body=body).file_token
    row = model("bitable.v1", "AppTableRecord", fields={"附件": [{"file_token": token}]})
    record = judge.good("bitable.v1.app_table_record.create", request_body=row, **where).record
    asked = {"record_id": record.record_id, **where}
    [file] = judge.good("bitable.v1.app_table_record.get", **asked).record.fields["附件"]
    assert (file["name"], file["size"], file["type"]) == ("a.png", len(PNG), "image/png")
    assert judge.ask("drive.v1.media.download", file_token=token).file.read() == PNG
    urls = judge.good("drive.v1.media.batch_get_tmp_download_url", file_tokens=[token]).tmp_download_urls
    assert [url.file_token for url in urls] == [token]


def contacts(judge: Judge) -> None:
    boss, somebody = judge.ready["users"][0], judge.ready["users"][2]
    body = model("contact.v3", "BatchGetIdUserRequestBody", emails=[somebody["email"], "nobody@example.com"])
    found = judge.good("contact.v3.user.batch_get_id", user_id_type="open_id", request_body=body).user_list
    assert [entry.user_id for entry in found] == [somebody["open_id"], None]
    shown = judge.good("contact.v3.user.get", user_id=somebody["union_id"], user_id_type="union_id").user
    assert (shown.name, shown.open_id) == (somebody["name"], somebody["open_id"])
    both = judge.good("contact.v3.user.batch", user_ids=[boss["open_id"], somebody["open_id"]]).items
    assert [user.name for user in both] == [boss["name"], somebody["name"]]
    below = judge.every("contact.v3.department.children", department_id="0", page_size=2)
    ids = [department.open_department_id for department in below]
    members = [
        user
        for id in ids
        for user in judge.every("contact.v3.user.find_by_department", department_id=id, page_size=1)
    ]
    assert {user.open_id for user in members} == {user["open_id"] for user in judge.ready["users"]}


def application(judge: Judge) -> None:
    told = judge.good("application.v6.scope.list").scopes
    assert {(one.scope_type, one.grant_status) for one in told} == {("tenant", 1), ("user", 1)}
    assert "im:message:send_as_bot" in {one.scope_name for one in told}
    app = judge.good("application.v6.application.get", app_id="me", lang="zh_cn").app
    assert (app.app_id, app.unaudit_version_id) == (judge.ready["app_id"], None)
    assert app.event.subscription_type == app.callback.callback_type == "websocket"
    assert app.callback.subscribed_callbacks == ["card.action.trigger"]


def subscriptions(judge: Judge) -> None:
    app = judge.good("bitable.v1.app.create", request_body=model("bitable.v1", "ReqApp", name="Watched")).app
    asked: Json = {"file_token": app.app_token, "file_type": "bitable"}
    judge.good("drive.v1.file.subscribe", **asked)
    assert judge.good("drive.v1.file.get_subscribe", **asked).is_subscribe is True
    judge.good("drive.v1.file.delete_subscribe", **asked)
    assert judge.ask("drive.v1.file.delete_subscribe", **asked).code == 1069605


def collaborators(judge: Judge) -> None:
    app = judge.good("bitable.v1.app.create", request_body=model("bitable.v1", "ReqApp", name="Shared")).app
    boss = judge.ready["users"][0]["open_id"]
    member = model("drive.v1", "BaseMember", member_type="openid", member_id=boss, perm="full_access")
    asked = {"token": app.app_token, "type": "bitable"}
    judge.good("drive.v1.permission_member.create", request_body=member, **asked)
    listed = judge.good("drive.v1.permission_member.list", **asked).items
    assert boss in [item.member_id for item in listed]


def wiki(judge: Judge) -> None:
    space = judge.good("wiki.v2.space.list").items[0].space_id
    wanted = model("wiki.v2", "Node", obj_type="bitable", node_type="origin", title="Wiki")
    made = judge.good("wiki.v2.space_node.create", space_id=space, request_body=wanted).node
    below = model(
        "wiki.v2", "Node", obj_type="bitable", node_type="origin", parent_node_token=made.node_token
    )
    child = judge.good("wiki.v2.space_node.create", space_id=space, request_body=below).node
    assert (child.parent_node_token, child.title) == (made.node_token, "未命名多维表格")
    found = judge.good("wiki.v2.space.get_node", token=made.node_token).node
    assert (found.obj_type, found.obj_token, found.has_child) == ("bitable", made.obj_token, True)
    again = judge.good("wiki.v2.space.get_node", token=made.obj_token, obj_type="bitable").node
    assert vars(again) == vars(found)
    assert judge.good("bitable.v1.app.get", app_token=found.obj_token).app.name == "Wiki"
    lost = judge.ask("wiki.v2.space.get_node", token=made.obj_token)
    assert (lost.code, lost.msg, lost.raw.status_code) == (131005, "not found: node not found", 400)
    assert judge.ask("bitable.v1.app.get", app_token=made.node_token).code == 91402


if __name__ == "__main__":
    main(
        {
            "token": token,
            "messages": messages,
            "the_same_uuid": the_same_uuid,
            "refused_cards": refused_cards,
            "images": images,
            "attachments": attachments,
            "contacts": contacts,
            "application": application,
            "subscriptions": subscriptions,
            "collaborators": collaborators,
            "wiki": wiki,
        }
    )
