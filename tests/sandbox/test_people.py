"""The default company, and what a users file may change."""

import json

from feishu_plugin.sandbox.people import People


def test_six_people_of_three_departments_and_one_manager_who_leads_all() -> None:
    people = People("cli_1")
    names = [department.name for department in people.departments]
    assert names == ["客服", "产品", "研发", "管理部"]
    sizes = [len(people.members(department.open_department_id)) for department in people.departments]
    assert sizes == [2, 2, 2, 1]
    manager = people.everybody()[-1]
    assert manager.leader_user_id == ""
    for department in people.departments[:3]:
        first, second = people.members(department.open_department_id)
        assert department.leader_open_id == first.open_id
        assert (first.leader_user_id, second.leader_user_id) == (manager.open_id, first.open_id)


def test_all_ids_are_unique_and_only_open_ids_depend_on_the_app() -> None:
    ours, theirs = People("cli_1").everybody(), People("cli_2").everybody()
    for kind in ("open_id", "union_id", "user_id", "internal_id", "email", "mobile", "chat_id"):
        assert len({getattr(person, kind) for person in ours}) == 7, kind
    assert {p.open_id for p in ours}.isdisjoint(p.open_id for p in theirs)
    assert [p.union_id for p in ours] == [p.union_id for p in theirs]
    assert People("cli_1").as_json() == People("cli_1").as_json()


def test_a_users_file_sets_people_departments_and_ids() -> None:
    people = People("cli_1", [{"name": "甲", "department": "一部", "user_id": "u1"}, {"name": "乙"}])
    first, second = people.everybody()
    assert (first.user_id, people.resolve("u1", "user_id")) == ("u1", first)
    assert first.email != second.email
    assert [department.name for department in people.departments] == ["一部", "管理部"]
    assert first.leader_user_id == second.open_id


def test_the_printed_people_carry_everything_a_client_needs() -> None:
    printed = People("cli_1").as_json()
    needed = {"name", "open_id", "union_id", "user_id", "email", "user_access_token", "department"}
    assert all(needed <= set(person) for person in printed)
    assert json.loads(json.dumps(printed)) == printed


def test_a_reset_undoes_what_was_changed() -> None:
    people = People("cli_1")
    open_id = people.everybody()[0].open_id
    assert not people.change(open_id, available=False).available
    people.reset()
    person = people.get(open_id)
    assert person is not None
    assert person.available
