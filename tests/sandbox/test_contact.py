"""The contact book over the wire."""

import pytest

from tests.sandbox.conftest import Sandbox

USERS = "/open-apis/contact/v3/users"
DEPARTMENTS = "/open-apis/contact/v3/departments"


def test_people_are_found_by_mail_and_mobile_and_strangers_have_no_id(sandbox: Sandbox) -> None:
    first, second = sandbox.ready["users"][:2]
    body = {"emails": [first["email"], "x@example.com"], "mobiles": [second["mobile"].removeprefix("+86")]}
    found = sandbox.app("POST", f"{USERS}/batch_get_id?user_id_type=open_id", json=body).data["user_list"]
    assert [entry.get("user_id") for entry in found] == [first["open_id"], None, second["open_id"]]
    assert found[0]["status"]["is_resigned"] is False
    assert found[1] == {"email": "x@example.com"}


def test_the_resigned_are_found_only_on_request(sandbox: Sandbox) -> None:
    first = sandbox.ready["users"][0]
    sandbox.control("PUT", f"/people/{first['open_id']}", json={"is_resigned": True})
    body = {"emails": [first["email"]]}
    assert "user_id" not in sandbox.app("POST", f"{USERS}/batch_get_id", json=body).data["user_list"][0]
    body["include_resigned"] = True  # type: ignore[assignment]
    found = sandbox.app("POST", f"{USERS}/batch_get_id", json=body).data["user_list"]
    assert found[0]["status"]["is_resigned"] is True


@pytest.mark.parametrize("id_type", ["open_id", "union_id", "user_id"])
def test_a_person_is_shown_with_department_and_leader(sandbox: Sandbox, id_type: str) -> None:
    first, second = sandbox.ready["users"][:2]
    path = f"{USERS}/{second[id_type]}?user_id_type={id_type}&department_id_type=open_department_id"
    user = sandbox.app("GET", path).data["user"]
    assert (user["name"], user["leader_user_id"]) == (second["name"], first[id_type])
    department = sandbox.app("GET", f"{DEPARTMENTS}/{user['department_ids'][0]}").data["department"]
    assert (department["name"], department["leader_user_id"]) == (second["department"], first["open_id"])
    assert department["member_count"] == 2


def test_departments_and_their_members_are_paged(sandbox: Sandbox) -> None:
    path = f"{DEPARTMENTS}/0/children?page_size=3"
    page = sandbox.app("GET", path).data
    rest = sandbox.app("GET", f"{path}&page_token={page['page_token']}").data
    names = [item["name"] for item in page["items"] + rest["items"]]
    assert (names, rest["has_more"]) == (["客服", "产品", "研发", "管理部"], False)
    id = page["items"][0]["open_department_id"]
    members = sandbox.app("GET", f"{USERS}/find_by_department?department_id={id}").data["items"]
    assert [member["name"] for member in members] == [user["name"] for user in sandbox.ready["users"][:2]]


def test_batches_leave_strangers_out(sandbox: Sandbox) -> None:
    first, second = (user["open_id"] for user in sandbox.ready["users"][:2])
    path = f"{USERS}/batch?user_ids={first}&user_ids=ou_x&user_ids={second}"
    assert [item["open_id"] for item in sandbox.app("GET", path).data["items"]] == [first, second]
    basic = sandbox.app("POST", f"{USERS}/basic_batch", json={"user_ids": [first]}).data["users"]
    assert basic[0]["name"] == sandbox.ready["users"][0]["name"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{USERS}/ou_x", 400, 99992351),
        (f"{USERS}/ou_x?user_id_type=phone", 400, 99992402),
        (f"{USERS}/find_by_department?department_id=od-x", 403, 40004),
        (f"{USERS}/find_by_department", 400, 99992402),
        (f"{DEPARTMENTS}/0/children?page_size=51", 400, 99992402),
        (f"{USERS}/batch?" + "&".join(["user_ids=x"] * 51), 400, 99992402),
    ],
)
def test_bad_questions_are_refused(sandbox: Sandbox, path: str, status: int, code: int) -> None:
    answer = sandbox.app("GET", path)
    assert (answer.status, answer.code) == (status, code)


def test_the_bot_knows_itself(sandbox: Sandbox) -> None:
    body = sandbox.app("GET", "/open-apis/bot/v3/info").body
    assert (body["code"], "data" in body) == (0, False)
    assert body["bot"]["open_id"].startswith("ou_")
