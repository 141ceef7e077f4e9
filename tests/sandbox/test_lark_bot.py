"""Messages and contacts, judged by the official REST client in a child process."""

from tests.sandbox.conftest import Sandbox
from tests.sandbox.listeners import Listener


def test_the_sdk_finds_a_person_and_sends_them_a_card(sandbox: Sandbox) -> None:
    ready, user = sandbox.ready, sandbox.ready["users"][1]
    bot = Listener("lark_bot.py", ready["base_url"], ready["app_id"], ready["app_secret"], user["email"])
    try:
        done = bot.next("done")
    finally:
        bot.close()
    assert (done["open_id"], done["name"]) == (user["open_id"], user["name"])
    assert done["leader"] == ready["users"][0]["open_id"]
    assert done["log_id"], "the SDK looks for X-Tt-Logid in exactly this spelling"
    assert done["image_key"].startswith("img_v3_")
    [message] = sandbox.control("GET", f"/messages?to={user['open_id']}")["messages"]
    assert (message["message_id"], message["updated"]) == (done["message_id"], True)
    assert message["content"]["body"]["elements"][0]["content"] == "月报"
