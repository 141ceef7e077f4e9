"""Who is who, asked from a real sandbox process."""

import pytest

from feishu_plugin.errors import FeishuError
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.records import Person
from tests.gateway.conftest import Sandbox, Waits

ROLES = {"客服": "support", "产品": "product", "研发": "engineering"}
USERS = "GET /open-apis/contact/v3/users/:user_id"


@pytest.fixture
def contacts(feishu: Feishu) -> Contacts:
    return Contacts(feishu, ROLES)


def test_a_person_has_name_department_leader_and_role(contacts: Contacts, sandbox: Sandbox) -> None:
    user = sandbox.user("周子墨")

    assert contacts.person(user["open_id"]) == Person(
        open_id=user["open_id"],
        name="周子墨",
        departments=("客服",),
        leader=sandbox.user("林晓岚")["open_id"],
        roles=("support",),
        email=user["email"],
    )


def test_a_head_leads_and_reports_to_the_manager(contacts: Contacts, sandbox: Sandbox) -> None:
    head = contacts.person(sandbox.user("林晓岚")["open_id"])
    manager = contacts.person(sandbox.user("沈国栋")["open_id"])

    assert (head.leads, head.leader) == (("客服",), manager.open_id)
    assert (manager.departments, manager.leader) == (("管理部",), None)


def test_a_stranger_has_nothing_but_an_id(contacts: Contacts) -> None:
    assert contacts.person("ou_" + "0" * 32) == Person(open_id="ou_" + "0" * 32)


def test_people_are_asked_for_once_an_hour(contacts: Contacts, sandbox: Sandbox, waits: Waits) -> None:
    open_id = sandbox.user("周子墨")["open_id"]
    for moment in (0.0, 3599.0):
        waits.clock += moment
        contacts.person(open_id)
    assert sandbox.requests()[USERS] == 1

    waits.clock += 2.0
    contacts.person(open_id)
    contacts.forget()
    contacts.person(open_id)
    assert sandbox.requests()[USERS] == 3


@pytest.mark.parametrize("fault", [{"kind": "html", "status": 502}, {"kind": "code", "code": 99991403}])
def test_no_answer_is_not_taken_for_no_roles(
    contacts: Contacts, sandbox: Sandbox, fault: dict[str, object]
) -> None:
    open_id = sandbox.user("周子墨")["open_id"]
    sandbox.control("PUT", "/faults", [{**fault, "route": "GET */users/:user_id"}])
    with pytest.raises(FeishuError):
        contacts.person(open_id)

    sandbox.control("PUT", "/faults", [])
    assert contacts.person(open_id).roles == ("support",)


def test_a_department_that_is_hidden_leaves_the_person(contacts: Contacts, sandbox: Sandbox) -> None:
    rule = {"kind": "code", "code": 40004, "msg": "no dept authority", "route": "GET */departments/*"}
    sandbox.control("PUT", "/faults", [rule])
    found = contacts.person(sandbox.user("周子墨")["open_id"])

    assert (found.name, found.departments, found.roles) == ("周子墨", (), ())


def test_people_are_found_by_e_mail(contacts: Contacts, sandbox: Sandbox) -> None:
    emails = [user["email"] for user in sandbox.ready["users"]]
    strangers = [f"nobody{number}@example.com" for number in range(60)]

    assert contacts.by_email([*strangers, *emails]) == {
        user["email"]: user["open_id"] for user in sandbox.ready["users"]
    }


def test_the_bot_knows_itself(contacts: Contacts) -> None:
    assert contacts.bot_open_id().startswith("ou_")
