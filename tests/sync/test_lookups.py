"""Who is looked up before a put-back: every look-up is a call to Feishu that people wait for."""

from feishu_plugin.records import Person
from tests import builders
from tests.fakes import Phonebook
from tests.sync.base import Base


class Asked(Phonebook):
    """Notes who was asked for while a forbidden status stood in the table."""

    def __init__(self, base: Base, record_id: str) -> None:
        super().__init__()
        self.while_forbidden: list[str] = []
        self._base, self._record_id = base, record_id

    def person(self, open_id: str) -> Person:
        if self._base.record(self._record_id).get("status") == "closed":
            self.while_forbidden.append(open_id)
        return super().person(open_id)


def test_nobody_is_looked_up_before_a_put_back_of_an_owned_record() -> None:
    policy = builders.policy()
    base = Base(builders.with_owners(policy, policy.routes[-1], ("ou_first", "ou_second")))
    rid = base.add(title="导出很慢", owner=("ou_owner",))
    base.settle()
    base.desk.people = asked = Asked(base, rid)
    base.edit(rid, status="closed")
    base.settle()

    assert base.record(rid).get("status") == "pending"
    assert asked.while_forbidden == []
