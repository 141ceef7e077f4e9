"""What Feishu answers about an id that it cannot resolve; one place for the 999923xx codes."""

from feishu_plugin.sandbox.envelope import Refusal

CODES = {
    "open_id": 99992351,
    "message_id": 99992354,
    "chat_id": 99992356,
    "user_id": 99992360,
    "union_id": 99992363,
    "email": 230034,
}
_OPEN_ID_LENGTH = len("ou_") + 32


def unknown_id(id: str, id_type: str) -> Refusal:
    """The refusal of one id; a well-formed open_id that is not ours belongs to another app (99992361)."""
    if id_type == "open_id" and id.startswith("ou_") and len(id) == _OPEN_ID_LENGTH:
        return Refusal(99992361, "open_id cross app", status=400)
    msg = f"The request you send is not a valid {{{id_type}}} or not exists, Invalid ids: [{id}]"
    return Refusal(CODES[id_type], msg, status=400)
