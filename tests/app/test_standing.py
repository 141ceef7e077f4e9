"""Readiness says why not, in words, also when the database is what is missing."""

from types import SimpleNamespace
from typing import Any

from feishu_plugin.app.standing import Standing
from feishu_plugin.errors import FeishuRefused, PluginError


class Gone:
    """A database that does not answer."""

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError("the server closed the connection")


def standing(
    *, workers: tuple[Any, ...] = (), connected: bool = True, store: Any = None, **more: Any
) -> Standing:
    office: Any = SimpleNamespace(store=store, meter=SimpleNamespace(this_month=lambda: 3))
    return Standing(
        office=office,
        workers=workers,
        waiting=more.get("waiting", {}),
        connected=lambda: connected,
        refusal=lambda: more.get("refusal"),
    )


def worker() -> Any:
    desk = SimpleNamespace(app_token="base1")
    return SimpleNamespace(holds=lambda: False, desk=desk)


def test_without_a_base_it_names_why_each_is_not_watched() -> None:
    [reason] = standing(waiting={"base1": PluginError("91403 Forbidden")}).reasons()

    assert "no base is watched yet" in reason
    assert "base1: 91403 Forbidden" in reason


def test_a_refused_connection_is_named_with_feishus_words() -> None:
    refusal = FeishuRefused(code=10015, msg="app secret invalid", endpoint="POST /x")

    first, _ = standing(connected=False, refusal=refusal).reasons()

    assert "长连接没有接通" in first
    assert "10015 app secret invalid" in first


def test_a_base_that_nobody_works_on_is_a_reason_and_one_of_a_replica_is_none() -> None:
    free = SimpleNamespace(lease_of=lambda base: None)
    taken = SimpleNamespace(lease_of=lambda base: ("other:1:a", 9.0))

    [reason] = standing(workers=(worker(),), store=free).reasons()
    assert "no process holds the lease" in reason
    waits_its_turn: Any = worker()
    assert standing(workers=(waits_its_turn,), store=taken).reasons() == []


def test_a_database_that_does_not_answer_is_a_reason_and_a_figure() -> None:
    found = standing(workers=(worker(),), store=Gone())

    assert found.reasons() == ["数据库没有应答 the database does not answer (ConnectionError)"]
    whole, bases = found.figures()
    assert whole == {"connected": True, "bases_not_opened": 0, "database_up": 0}
    assert bases == {}
