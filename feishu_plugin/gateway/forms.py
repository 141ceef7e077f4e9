"""The public side of a form: the link that anybody may open, and the questions as they are titled."""

from collections.abc import Mapping

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import FORM, QUESTIONS, VIEWS, pages


def public_form(
    feishu: Feishu, app_token: str, table_id: str, view_id: str, name: str
) -> tuple[str, Mapping[str, str]]:
    """The link of a form view, empty unless anybody may fill it in, and the titles by field id.

    Found by ``view_id``, or by ``name`` where no id is remembered or it is gone.
    """
    ids = {"app_token": app_token, "table_id": table_id}
    views = {view["view_id"]: view["view_name"] for view in pages(feishu, VIEWS, ids)}
    found = view_id if view_id in views else next((id for id, title in views.items() if title == name), "")
    if not found:
        return "", {}
    of_form = {**ids, "form_id": found}
    form = feishu.call("GET", FORM, ids=of_form, tier="T8")["form"]
    if not form.get("shared") or form.get("shared_limit") != "anyone_editable":
        return "", {}
    questions = pages(feishu, QUESTIONS, of_form)
    return str(form.get("shared_url") or ""), {
        q["field_id"]: q["title"] for q in questions if q.get("visible")
    }
