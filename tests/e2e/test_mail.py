"""Customers are kept in the loop by mail: the service, a sandbox and a real mail server, as processes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from chinese_calendar import is_workday

from feishu_plugin.demo.narrator import cell_text
from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned
from tests.reminders.mails import part
from tests.smtp.server import MailServer, Taken, mail_server

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZHOU = "周子墨"
STATUS = "当前状态"
MAIL = {
    "FEISHU_PLUGIN_SMTP_SECURITY": "none",
    "FEISHU_PLUGIN_MAIL_FROM": "星河客服 <service@example.com>",
    "FEISHU_PLUGIN_MAIL_REPLY_TO": "answers@example.com",
}
DONE = {STATUS: "已完成", "处理结果": "已发送使用说明"}
SOLVED = {"是否解决": "已解决", "满意度评分": 5}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as found:
        yield found


@pytest.fixture
def server(post: MailServer) -> MailServer:
    """The mail server, which takes everything."""
    post.mood()
    return post


@pytest.fixture(scope="module")
def shop(post: MailServer) -> Iterator[Stage]:
    """A watched base that writes to customers, for the stories of this module."""
    stage = provisioned()
    try:
        administrator = stage.people["沈国栋"]["open_id"]
        stage.environment = {
            **stage.environment,
            **MAIL,
            "FEISHU_PLUGIN_SMTP": post.address,
            "FEISHU_PLUGIN_ADMINISTRATORS": administrator,
        }
        stage.serve()
        yield stage
    finally:
        stage.close()


@pytest.fixture(autouse=True)
def morning(shop: Stage) -> None:
    """Every story begins at ten on a day on which mails go out at once, whatever those before took."""
    morning = shop.now().astimezone(SHANGHAI).replace(hour=10, minute=0) + timedelta(days=1)
    while not is_workday(morning.date()):
        morning += timedelta(days=1)
    shop.go_to(morning)


def customer(stage: Stage, name: str, address: str, **more: str) -> str:
    [rid] = stage.create(ZHOU, "customer", [{"客户名称": name, "邮箱": address, **more}])
    return rid


def asked_by(stage: Stage, customer: str, title: str = "怎样导出") -> str:
    [rid] = stage.create(
        ZHOU, "requirement", [{"需求标题": title, "需求类型": "服务咨询", "客户": [customer]}]
    )
    stage.until_quiet()
    return rid


def later(stage: Stage, minutes: float = 10, *, days: int = 0) -> None:
    stage.go_to(stage.now() + timedelta(minutes=minutes, days=days))


def edit(stage: Stage, rid: str, **fields: object) -> None:
    stage.edit(ZHOU, "requirement", {rid: fields})
    stage.until_quiet()


def finish(stage: Stage, rid: str) -> None:
    owner = [{"id": stage.people[ZHOU]["open_id"]}]
    plan = int((stage.now() + timedelta(days=1)).timestamp() * 1000)
    edit(stage, rid, **{STATUS: "处理中", "负责人": owner, "计划完成时间": plan, "责任部门": "客服"})
    edit(stage, rid, **DONE)


def number(stage: Stage, rid: str) -> str:
    return cell_text(stage.rows("requirement")[rid]["需求编号"])


def answer(stage: Stage, rid: str, **fields: object) -> None:
    """A customer sends the form."""
    stage.create(ZHOU, "survey", [{"需求编号": number(stage, rid), **fields}])
    stage.until_quiet()


def restart(stage: Stage, *, kill: bool = False) -> None:
    assert stage.service is not None
    (stage.service.kill if kill else stage.service.stop)()
    stage.serve()
    stage.until_quiet()


def taken_by(server: MailServer, address: str) -> list[Taken]:
    return [taken for taken in server.taken() if taken.to == address]


def subjects(server: MailServer, address: str) -> list[str]:
    return [str(taken.mail["Subject"]) for taken in taken_by(server, address)]


def unsent(stage: Stage, *requirements: str) -> list[tuple[str, str]]:
    """(送达情况, 原因) of the mails in 通知记录 that did not go out."""
    rows = [row for row in stage.rows("notice").values() if cell_text(row.get("收件邮箱"))]
    # The link of what was archived meanwhile is gone.
    ours = [row for row in rows if "需求" in row and row["需求"]["link_record_ids"][0] in requirements]
    told = [(row["送达情况"], cell_text(row.get("原因"))) for row in ours]
    return [line for line in told if line[0] != "已送达"]


def test_a_customer_follows_a_requirement_from_receipt_to_survey(shop: Stage, server: MailServer) -> None:
    rid = asked_by(shop, customer(shop, "星河公司", "wang@example.com", 联系人="王敏"))
    later(shop)
    (receipt,) = subjects(server, "wang@example.com")
    assert receipt == f"已收到您的需求 {number(shop, rid)}"
    assert shop.rows("requirement")[rid].get("首次响应时间") is None

    finish(shop, rid)
    later(shop)

    text = part(taken_by(server, "wang@example.com")[-1].mail, "plain")
    assert "已发送使用说明" in text
    links = re.findall(r"https://sandbox\.feishu\.cn/share/base/form/\S+", text)
    assert len(links) == 3, "solved, not yet, and the way out"

    answer(shop, rid, **SOLVED)
    assert shop.rows("requirement")[rid]["客户确认"] == "已解决"
    edit(shop, rid, **{STATUS: "已关闭"})
    later(shop, days=7)

    mails = taken_by(server, "wang@example.com")
    assert len(mails) == 2, "who has answered is not asked again"
    assert unsent(shop, rid) == [("未发送", "客户已评价")]
    assert len({str(taken.mail["Message-ID"]) for taken in mails}) == 2
    assert len({str(taken.mail["References"]) for taken in mails}) == 1, "one conversation"


def test_a_survey_comes_once_whatever_happens_to_the_service(shop: Stage, server: MailServer) -> None:
    rid = asked_by(shop, customer(shop, "Acme", "smith@example.com", 语言="English"))
    finish(shop, rid)
    edit(shop, rid, **{"客户确认": "已解决", "满意度评分": 4})
    edit(shop, rid, **{STATUS: "已关闭"})
    later(shop, days=2)
    assert not [one for one in subjects(server, "smith@example.com") if "How did we do" in one]
    restart(shop, kill=True)

    later(shop, days=5)
    restart(shop, kill=True)
    later(shop, days=3)

    surveys = [one for one in subjects(server, "smith@example.com") if "How did we do" in one]
    assert surveys == [f"How did we do on {number(shop, rid)}?"]


def test_who_unsubscribes_by_the_form_gets_no_more(shop: Stage, server: MailServer) -> None:
    moon = customer(shop, "月影公司", "zhao@example.com")
    rid = asked_by(shop, moon)
    later(shop)

    answer(shop, rid, 不再接收邮件=True)
    second = asked_by(shop, moon, "怎样导入")
    later(shop)

    assert shop.rows("customer")[moon]["邮件通知"] == "已退订"
    assert len(taken_by(server, "zhao@example.com")) == 1
    assert unsent(shop, rid, second) == [("未发送", "客户已退订")]


def test_greylisting_refusal_and_a_server_in_trouble(shop: Stage, server: MailServer) -> None:
    server.mood(greylist=True, recipients={"gone@example.com": "550 5.1.1 No such user"})
    gone = customer(shop, "已离开", "gone@example.com")
    patient = asked_by(shop, customer(shop, "远山公司", "qian@example.com"))
    lost = asked_by(shop, gone)
    later(shop)
    later(shop, 5)

    assert len(taken_by(server, "qian@example.com")) == 1
    assert shop.rows("customer")[gone]["邮件通知"] == "退信"
    assert unsent(shop, patient, lost) == [("未送达", "550 5.1.1 No such user")]

    server.mood(sender="451 4.3.0 Not now")
    third = asked_by(shop, customer(shop, "近水公司", "sun@example.com"))
    later(shop)
    later(shop)
    assert taken_by(server, "sun@example.com") == []
    server.mood()
    later(shop, days=4)  # a card that came up at night or on a day off is sent by then
    told = [m for m in shop.messages() if "4.3.0 Not now" in str(m["content"])]
    assert len(told) == 1, "the administrator hears of it once"
    assert len(taken_by(server, "sun@example.com")) == 1
    assert unsent(shop, third) == []


def test_without_a_mail_server_everything_goes_on_and_what_was_not_sent_is_listed(shop: Stage) -> None:
    with_mail = shop.environment
    shop.environment = {key: value for key, value in with_mail.items() if key != "FEISHU_PLUGIN_SMTP"}
    restart(shop)
    try:
        rid = asked_by(shop, customer(shop, "清风公司", "li@example.com"))
        finish(shop, rid)
        later(shop)
        assert unsent(shop, rid) == []

        later(shop, days=5)

        assert unsent(shop, rid) == [("未发送", "未配置邮件")] * 2
        assert "'mails_skipped': " in str(shop.command("status"))
    finally:
        shop.environment = with_mail
        restart(shop)


def test_the_form_for_customers_is_shared_by_apply(shop: Stage) -> None:
    boss = shop.people["沈国栋"]["user_access_token"]
    path = f"/open-apis/bitable/v1/apps/{shop.base['base_token']}/tables/{shop.base['tables']['survey']}"
    views = shop.call("GET", f"{path}/views", boss)["items"]
    form = next(view["view_id"] for view in views if view["view_type"] == "form")

    found = shop.call("GET", f"{path}/forms/{form}", boss)["form"]

    assert (found["shared"], found["shared_limit"]) == (True, "anyone_editable")
