"""How often a report asks Feishu for rows, counted by the sandbox that answers."""

from feishu_plugin.demo.stage import Stage


def searches(stage: Stage, *words: str) -> int:
    """Calls of records/search that a command made."""
    before = told(stage)
    stage.command(*words)
    return told(stage) - before


def told(stage: Stage) -> int:
    requests = stage.stats()["requests"]
    return sum(sum(codes.values()) for name, codes in requests.items() if name.endswith("records/search"))


def test_a_report_reads_the_register_once_500_rows_a_page(unwatched: Stage) -> None:
    report = ("report", "--month", "2026-08", "--dry-run")
    empty = searches(unwatched, *report)

    unwatched.create("周子墨", "requirement", [{"需求标题": f"第{n}条"} for n in range(500)])
    one_page = searches(unwatched, *report)
    unwatched.create("周子墨", "requirement", [{"需求标题": "又一条"}])
    two_pages = searches(unwatched, *report)

    assert empty > 0
    assert (one_page - empty, two_pages - empty) == (0, 1)
