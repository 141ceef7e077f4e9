"""Who may open a base that the app made: until it is shared, nobody but the app sees it."""

from collections.abc import Sequence

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.gateway.http import Feishu

MEMBERS = "/open-apis/drive/v1/permissions/:token/members"


def share(feishu: Feishu, app_token: str, open_ids: Sequence[str]) -> dict[str, str]:
    """Gives people full access; returns open_id to reason for those that Feishu refused.

    Source: open.feishu.cn, drive/v1 "Add collaborator"; ``need_notification`` tells them once.
    """
    refused: dict[str, str] = {}
    for open_id in open_ids:
        body = {"member_type": "openid", "member_id": open_id, "perm": "full_access"}
        try:
            feishu.call(
                "POST",
                MEMBERS,
                ids={"token": app_token},
                query={"type": "bitable", "need_notification": True},
                body=body,
                tier="T3",
                repeatable=True,
            )
        except FeishuRefused as error:
            refused[open_id] = str(error)
    return refused
