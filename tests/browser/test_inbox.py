"""A person's chat with the bot in the browser: reading, answering, pressing, and what comes of a press."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.conftest import TELEPHONE, Seen
from tests.browser.pieces import FORM, TAGS, Json, plain, v2
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_messages import send


class App(BaseHTTPRequestHandler):
    """An app behind a webhook: confirms its URL, remembers clicks, answers them as it was told to."""

    heard: list[Json]
    answers: list[Json]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer: Json = {"challenge": body.get("challenge")}
        if body.get("header", {}).get("event_type") == "card.action.trigger":
            self.heard.append(body["event"]["action"])
            answer = self.answers.pop(0)
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[type[App]]:
    """The app; its request URL is in force."""
    kind = type("OneApp", (App,), {"heard": [], "answers": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sandbox.control("PUT", "/webhook", json={"url": f"http://127.0.0.1:{server.server_port}/"})
        yield kind
        sandbox.control("PUT", "/webhook", json={"url": None})
        server.shutdown()


@pytest.fixture
def inbox(sandbox: Sandbox, gallery_at: Callable[..., Seen]) -> Callable[..., Seen]:
    def opened(**more: Any) -> Seen:
        return gallery_at(sandbox, f"?inbox={sandbox.ready['users'][0]['open_id']}", **more)

    return opened


def shown_card(title: str, *elements: Json) -> Json:
    return {**v2(*elements, template="blue", text_tag_list=TAGS), "config": {"summary": {"content": title}}}


def button(text: str, **more: Any) -> Json:
    called = [{"type": "callback", "value": {"do": text}}]
    return {"tag": "button", "text": plain(text), "behaviors": called, **more}


def test_both_sides_of_the_chat_are_live(sandbox: Sandbox, inbox: Callable[..., Seen]) -> None:
    seen = inbox(size=TELEPHONE)
    page = seen.page
    page.get_by_label("发消息给机器人").fill("导出很慢\n第二行")
    page.keyboard.press("Enter")
    page.locator(".line-mine", has_text="第二行").wait_for()
    parent = send(sandbox, {"text": '<at user_id="ou_x">X</at> see https://example.com/a'})
    path = f"/open-apis/im/v1/messages/{parent.data['message_id']}/reply"
    post = {"zh_cn": {"title": "公告", "content": [[{"tag": "text", "text": "正文"}]]}}
    answered = sandbox.app("POST", path, json={"msg_type": "post", "content": json.dumps(post)})
    assert answered.code == 0

    page.locator(".line", has_text="正文").locator(".line-quote", has_text="see https").wait_for()
    assert page.locator(".bubble a").get_attribute("href") == "https://example.com/a"
    sandbox.app("DELETE", path.removesuffix("/reply"))
    page.get_by_text("消息已撤回").wait_for()
    assert (seen.overflow(), seen.errors) == (0, [])


def test_a_press_is_told_to_the_app_and_its_answer_is_shown(
    sandbox: Sandbox, inbox: Callable[..., Seen], app: type[App]
) -> None:
    changed = {"type": "raw", "data": shown_card("new", {"tag": "markdown", "content": "**all done**"})}
    toast = {"type": "success", "content": "OK", "i18n": {"zh_cn": "已保存", "en_us": "Saved"}}
    app.answers[:] = [{"toast": {"type": "error", "content": "not yet"}}, {"toast": toast, "card": changed}]
    sent = send(sandbox, shown_card("old", FORM, button("Later"), button("Go")))
    assert sent.code == 0
    page = inbox(language="en").page

    page.get_by_role("button", name="Later").click()
    page.get_by_text("not yet").wait_for()
    assert app.heard[0]["value"] == {"do": "Later"}

    page.get_by_role("button", name="Send form").click()
    page.get_by_text("Please fill this in").wait_for()
    assert len(app.heard) == 1
    page.get_by_label("One", exact=True).click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("Long").fill("because")
    page.get_by_role("button", name="Send form").click()

    page.get_by_text("Saved").wait_for()
    page.get_by_text("all done").wait_for()
    page.get_by_text("updated", exact=True).wait_for()
    entered = app.heard[1]["form_value"]
    assert (entered["long"], entered["one"] in ("1", "2"), entered["done"]) == ("because", True, True)
    assert entered["when"] == "2026-04-17 09:30 +0800"


def test_a_press_that_must_be_confirmed_waits_and_a_missing_app_is_told(
    sandbox: Sandbox, inbox: Callable[..., Seen]
) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("It cannot be undone")}
    assert send(sandbox, shown_card("c", button("Drop", confirm=confirm))).code == 0
    page = inbox(language="en").page

    page.get_by_role("button", name="Drop").click()
    page.get_by_text("It cannot be undone").wait_for()
    page.get_by_role("button", name="OK").click()

    page.get_by_text("200340").wait_for()
