"""Time is taken forward and stopped on the page; misfortunes are switched on and off by name."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.browser.conftest import Seen
from tests.browser.looking import until
from tests.sandbox.conftest import Sandbox

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_clock_is_stepped_stopped_and_followed(page_at: Callable[..., Seen], sandbox: Sandbox) -> None:
    friday = "2026-08-28T18:00:00+08:00"
    sandbox.control("PUT", "/clock", json={"now": friday, "frozen": True})
    seen = page_at(sandbox)
    seen.page.get_by_role("button", name="沙盒时间 2026-08-28 18:00:00").click()
    steps = {
        "+15 分钟": "2026-08-28T10:15:00+00:00",
        "+1 小时": "2026-08-28T11:15:00+00:00",
        "下个工作日 09:00": "2026-08-31T01:00:00+00:00",
        "下月 1 日 09:00": "2026-09-01T01:00:00+00:00",
    }
    for label, expected in steps.items():
        seen.page.get_by_role("button", name=label).click()
        until(seen, lambda at=expected: sandbox.control("GET", "/clock")["now"] == at, f"{label}: {expected}")  # type: ignore[misc]
        shown = f"{datetime.fromisoformat(expected).astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
        seen.page.get_by_role("button", name=f"沙盒时间 {shown}").wait_for()
    seen.page.get_by_role("button", name="让时间走").click()
    until(seen, lambda: not sandbox.control("GET", "/clock")["frozen"], "time does not run")
    sandbox.control("PUT", "/clock", json={"now": "2027-01-01T12:00:00+08:00", "frozen": True})
    seen.page.get_by_role("button", name="沙盒时间 2027-01-01 12:00:00").wait_for()


def test_misfortunes_are_switched_on_and_off(page_at: Callable[..., Seen], sandbox: Sandbox) -> None:
    other = {"kind": "status", "route": "GET *wiki*", "status": 503}
    sandbox.control("PUT", "/faults", json=[other])
    seen = page_at(sandbox)
    seen.page.get_by_role("button", name="故障").click()
    seen.page.get_by_text("status GET *wiki*").wait_for()
    seen.page.get_by_role("switch", name="写冲突").click()

    def in_force() -> list[tuple[str, float]]:
        return [(rule["kind"], rule["probability"]) for rule in sandbox.control("GET", "/faults")["rules"]]

    until(seen, lambda: in_force() == [("status", 1.0), ("code", 0.3)], f"{in_force()}")
    seen.page.get_by_role("slider", name="写冲突 %").focus()
    seen.page.keyboard.press("ArrowRight")
    until(seen, lambda: in_force() == [("status", 1.0), ("code", 0.35)], f"{in_force()}")
    seen.page.get_by_role("button", name="全部关闭").click()
    until(seen, lambda: in_force() == [], "misfortunes go on")
    assert seen.page.get_by_role("region", name="调用统计").is_visible()


def test_who_wants_no_motion_sees_the_clock_all_the_same(
    page_at: Callable[..., Seen], sandbox: Sandbox
) -> None:
    seen = page_at(sandbox)
    seen.page.emulate_media(reduced_motion="reduce")
    seen.page.reload()

    seen.page.get_by_role("button", name="沙盒时间").click()

    steps = seen.page.get_by_role("button", name="+15 分钟")
    until(seen, lambda: (steps.bounding_box() or {"y": -1})["y"] > 0, "the clock is outside the window")
