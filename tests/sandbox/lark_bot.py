"""A child process with the official REST client: sends, patches, uploads, looks people up.

Run as ``python lark_bot.py BASE_URL APP_ID APP_SECRET EMAIL``; prints one JSON line with what it got.
"""

import io
import json
import sys
from typing import Any

import lark_oapi as lark
from lark_oapi.api.contact.v3 import BatchGetIdUserRequest, BatchGetIdUserRequestBody, GetUserRequest
from lark_oapi.api.im.v1 import (
    CreateImageRequest,
    CreateImageRequestBody,
    CreateMessageRequest,
    CreateMessageRequestBody,
    PatchMessageRequest,
    PatchMessageRequestBody,
)

CARD = {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "周报"}]}}


def good(response: Any) -> Any:
    """The data of a response that succeeded."""
    if not response.success():
        raise SystemExit(f"{response.code} {response.msg} {response.get_log_id()}")
    return getattr(response, "data", None)  # a patch has none


def log_id(client: lark.Client) -> str | None:
    """The log id of an answer, which the SDK finds only in its exact spelling."""
    response = client.contact.v3.user.get(GetUserRequest.builder().user_id("ou_x").build())
    found: str | None = response.get_log_id()
    return found


def find(client: lark.Client, email: str) -> Any:
    """The person with this e-mail address."""
    body = BatchGetIdUserRequestBody.builder().emails([email]).build()
    request = BatchGetIdUserRequest.builder().user_id_type("open_id").request_body(body).build()
    [entry] = good(client.contact.v3.user.batch_get_id(request)).user_list
    return good(client.contact.v3.user.get(GetUserRequest.builder().user_id(entry.user_id).build())).user


def upload(client: lark.Client) -> str:
    """The key of a small image."""
    # A part without a file name is no file: the SDK sends a bare BytesIO without one.
    image = ("x.png", io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 16), "image/png")
    body = CreateImageRequestBody.builder().image_type("message").image(image).build()
    return str(
        good(client.im.v1.image.create(CreateImageRequest.builder().request_body(body).build())).image_key
    )


def send(client: lark.Client, open_id: str) -> Any:
    """A card, sent and patched."""
    content = json.dumps(CARD, ensure_ascii=False)
    body = (
        CreateMessageRequestBody.builder()
        .receive_id(open_id)
        .msg_type("interactive")
        .content(content)
        .build()
    )
    request = CreateMessageRequest.builder().receive_id_type("open_id").request_body(body).build()
    message = good(client.im.v1.message.create(request))
    new = PatchMessageRequestBody.builder().content(content.replace("周报", "月报")).build()
    patch = PatchMessageRequest.builder().message_id(message.message_id).request_body(new).build()
    good(client.im.v1.message.patch(patch))
    return message


def main() -> None:
    """Does all of it once."""
    base_url, app_id, app_secret, email = sys.argv[1:]
    client = lark.Client.builder().app_id(app_id).app_secret(app_secret).domain(base_url).build()
    person = find(client, email)
    value = {
        "open_id": person.open_id,
        "name": person.name,
        "leader": person.leader_user_id,
        "image_key": upload(client),
        "log_id": log_id(client),
        "message_id": send(client, person.open_id).message_id,
    }
    sys.stdout.write(json.dumps({"kind": "done", "value": value}) + "\n")


if __name__ == "__main__":
    main()
