"""No secret is ever said: planted ones are driven through success and failure, then looked for everywhere."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from feishu_plugin.demo.stage import Json, Stage
from tests.e2e.conftest import provisioned
from tests.e2e.planted import (
    Traces,
    command_lines,
    forms,
    shown,
    started,
    stored,
    unavailable,
    until_said,
)
from tests.e2e.test_status_webhooks import Receiver
from tests.imap.server import PASSWORD as MAILBOX_PASSWORD
from tests.imap.server import imap_server, is_installed
from tests.postgres import account, find_programs, running_server
from tests.smtp.server import MailServer, mail_server

ZHOU = "周子墨"
DATABASE_PASSWORD = "pl4nted-d4tabase-p4ss"
WRONG_SECRET = "pl4nted-wrong-app-secret"
WRONG_MAIL_PASSWORD = "pl4nted-wrong-m4il-pass"
MAIL_PASSWORD = "open sesame"
WRONG_MAILBOX_PASSWORD = "pl4nted-wrong-m4ilbox-pass"
INTAKE_KEY = "pl4nted-int4ke-key-of-the-tickets"
WRONG_INTAKE_KEY = "pl4nted-wrong-int4ke-key-of-nobody"
WEBHOOK_SECRET = b"pl4nted-w3bhook-signing!"
WRONG_WEBHOOK_SECRET = "pl4nted-wrong-w3bhook-secret"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database, with the password in it where it has one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('state') / 'state.sqlite3'}"
        return
    programs, user = find_programs(), account()
    if programs is None or user is None:
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs, user) as server:
        yield server.fresh().replace("tester@", f"tester:{DATABASE_PASSWORD}@")


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail"), auth=True) as found:
        yield found


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Another system, which refuses the first status change."""
    with Receiver() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[str]:
    """A mailbox that can be read, or without the server's programs one that nobody answers for."""
    if not is_installed():
        yield mailbox_of(MAILBOX_PASSWORD)
        return
    with imap_server() as server:
        yield server.address(server.fresh(), minutes=0.01)


def mailbox_of(password: str, rest: str = "127.0.0.1:9?minutes=0.01") -> str:
    return f"imap://a%40b.example:{quote(password, safe='')}@{rest}"


def endpoint(receiver: Receiver, secret: bytes) -> str:
    return f"http://127.0.0.1:{receiver.server_port}/|whsec_{b64encode(secret).decode()}"


@pytest.fixture(scope="module")
def stage(database: str, post: MailServer, receiver: Receiver, mailbox: str) -> Iterator[Stage]:
    """A base whose service knows every secret there is."""
    found = provisioned()
    ready = found.sandbox.ready
    found.environment = {
        **found.environment,
        "FEISHU_PLUGIN_DATABASE": database,
        "FEISHU_ENCRYPT_KEY": ready["encrypt_key"],
        "FEISHU_VERIFICATION_TOKEN": ready["verification_token"],
        "FEISHU_PLUGIN_SMTP": post.address,
        "FEISHU_PLUGIN_SMTP_SECURITY": "none",
        "FEISHU_PLUGIN_SMTP_USER": "robot",
        "FEISHU_PLUGIN_SMTP_PASSWORD": MAIL_PASSWORD,
        "FEISHU_PLUGIN_MAIL_FROM": "星河客服 <service@example.com>",
        "FEISHU_PLUGIN_MAILBOX": mailbox,
        "FEISHU_PLUGIN_INTAKE_KEYS": f"工单系统:{INTAKE_KEY}",
        "FEISHU_PLUGIN_WEBHOOKS": endpoint(receiver, WEBHOOK_SECRET),
        "FEISHU_PLUGIN_ADMINISTRATORS": found.people["沈国栋"]["open_id"],
    }
    try:
        yield found
    finally:
        found.close()


def tenant_token(stage: Stage) -> str:
    body = {key: stage.sandbox.ready[key] for key in ("app_id", "app_secret")}
    path = f"{stage.url}/open-apis/auth/v3/tenant_access_token/internal"
    return str(stage.session.post(path, json=body, timeout=60).json()["tenant_access_token"])


def secrets_of(stage: Stage) -> dict[str, str]:
    named = {
        key: str(stage.sandbox.ready[key]) for key in ("app_secret", "encrypt_key", "verification_token")
    }
    return {
        **named,
        "tenant token": tenant_token(stage),
        "database password": DATABASE_PASSWORD,
        "mail password": MAIL_PASSWORD,
        "wrong app secret": WRONG_SECRET,
        "wrong mail password": WRONG_MAIL_PASSWORD,
        "mailbox password": MAILBOX_PASSWORD,
        "wrong mailbox password": WRONG_MAILBOX_PASSWORD,
        "intake key": INTAKE_KEY,
        "wrong intake key": WRONG_INTAKE_KEY,
        "webhook secret": WEBHOOK_SECRET.decode(),
        "wrong webhook secret": WRONG_WEBHOOK_SECRET,
    }


TROUBLES: Sequence[Json] = (
    {"kind": "expired-token", "route": "*batch_get*", "count": 1},
    {"kind": "html", "route": "*batch_get*", "count": 1, "status": 502},
    {"kind": "code", "code": 1254302, "route": "*batch_create*", "count": 1},
    {"kind": "code", "code": 99991663, "route": "POST *messages*", "count": 3},
    {"kind": "drop-after-commit", "route": "POST *messages*", "count": 1},
)
"""On calls that only the service makes after people's rows are there."""


def work(stage: Stage, number: int, troubles: Sequence[Json] = ()) -> None:
    """An illegal move, a card about it, a mail to a customer, and a legal move that others are told of."""
    [who] = stage.create(ZHOU, "customer", [{"客户名称": f"客户{number}", "邮箱": f"c{number}@example.com"}])
    row = {"需求标题": "怎样导出", "需求类型": "服务咨询", "客户": [who]}
    [rid] = stage.create(ZHOU, "requirement", [row])
    stage.until_quiet()
    stage.session.put(f"{stage.url}/_sandbox/faults", json=troubles, timeout=60).raise_for_status()
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"}})
    stage.until_quiet()
    stage.go_to(stage.now() + timedelta(minutes=10))
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[], timeout=60).raise_for_status()
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已作废", "作废原因": "无效"}})
    stage.until_quiet()


def bring(home: str, number: int, traces: Traces) -> None:
    """A ticket by HTTP with the right key, with another, and one that makes no sense."""
    for key, body in ((INTAKE_KEY, {"title": "工单"}), (WRONG_INTAKE_KEY, {}), (INTAKE_KEY, {"title": 7})):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"T-{number}-{len(body)}"}
        answer = requests.post(f"{home}/intake/v1/requirements", json=body, headers=headers, timeout=60)
        traces.note("answers to tickets", f"{answer.status_code} {answer.text}\n")


def serve(stage: Stage, connection: str, traces: Traces, **changed: str) -> None:
    """The service through good and bad times, and all that it said meanwhile."""
    usual = stage.environment
    stage.environment = {**usual, "FEISHU_PLUGIN_CONNECTION": connection, **changed}
    if connection == "webhook":
        stage.environment |= {"FEISHU_PLUGIN_LISTEN": "127.0.0.1:0"}
    stage.serve()
    assert stage.service is not None
    home = str(stage.service.ready["health"]).removesuffix("/health")
    if connection == "webhook":
        requests.post(f"{home}/webhook/event", data=b'{"encrypt": "forged"}', timeout=30)
        url = {"url": f"{home}/webhook/event", "encrypt": True}
        stage.session.put(f"{stage.url}/_sandbox/webhook", json=url, timeout=60).raise_for_status()
    bring(home, len(traces.found), traces)
    work(stage, 1)
    work(stage, 2, TROUBLES)
    if stage.environment["FEISHU_PLUGIN_DATABASE"].startswith("postgresql"):
        with unavailable(stage.environment["FEISHU_PLUGIN_DATABASE"]):
            until_said(stage.service.log, "not currently accepting connections")
        work(stage, 3)
    for page in ("health", "healthz", "readyz", "metrics", "", "nothing"):
        traces.note(f"/{page}", requests.get(f"{home}/{page}", timeout=30).text)
    for line in command_lines(stage.service.popen.pid):
        traces.note("process list", line)
    stage.service.stop()
    traces.note(f"log of serve by {connection}", stage.service.log.read_text(encoding="utf-8"))
    traces.note("what serve printed", json.dumps(stage.service.ready))
    stage.environment = usual


def failing(stage: Stage) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Settings with which nothing can work, by what is wrong with them."""
    down = f"postgresql://tester:{DATABASE_PASSWORD}@127.0.0.1:9/state"
    yield "app secret", {"FEISHU_APP_SECRET": WRONG_SECRET}
    yield "no such base", {"FEISHU_BASE_TOKEN": "bascnNowhere"}
    yield "database file", {"FEISHU_PLUGIN_DATABASE": "sqlite:////nowhere/state.sqlite3"}
    yield "database down", {"FEISHU_PLUGIN_DATABASE": down}
    yield "database password in a query", {"FEISHU_PLUGIN_DATABASE": f"{down}?password={DATABASE_PASSWORD}"}
    yield "unknown database option", {"FEISHU_PLUGIN_DATABASE": f"{down}?nonsense={DATABASE_PASSWORD}"}
    yield "database port", {"FEISHU_PLUGIN_DATABASE": down.replace(":9/", ":9x/")}
    yield "database kind", {"FEISHU_PLUGIN_DATABASE": down.replace("postgresql", "oracle")}
    yield "database without //", {"FEISHU_PLUGIN_DATABASE": down.replace("://", ":")}
    yield "database without :", {"FEISHU_PLUGIN_DATABASE": down.replace("://", "//")}
    yield "mail server", {"FEISHU_PLUGIN_SMTP": "nowhere", "FEISHU_PLUGIN_SMTP_PASSWORD": WRONG_MAIL_PASSWORD}
    yield "mail user", {"FEISHU_PLUGIN_SMTP_USER": "", "FEISHU_PLUGIN_SMTP_PASSWORD": WRONG_MAIL_PASSWORD}
    yield "mailbox kind", {"FEISHU_PLUGIN_MAILBOX": f"pop3://a:{WRONG_MAILBOX_PASSWORD}@127.0.0.1"}
    for rest in ("127.0.0.1:9x", "127.0.0.1?nonsense=1", "127.0.0.1?base=bascnNowhere", ""):
        yield f"mailbox {rest}", {"FEISHU_PLUGIN_MAILBOX": mailbox_of(WRONG_MAILBOX_PASSWORD, rest)}
    for keys in ("{}", "工单:{}@bascnNowhere", "工单:{0},工单:{0}", "工单:{}é"):
        yield f"intake {keys}", {"FEISHU_PLUGIN_INTAKE_KEYS": keys.format(WRONG_INTAKE_KEY)}
    for told in ("https://x.example/|{}", "http://x.example/|whsec_{}", "https://x.example/{}", "{}"):
        yield f"webhooks {told}", {"FEISHU_PLUGIN_WEBHOOKS": told.format(WRONG_WEBHOOK_SECRET)}
    yield "connection", {"FEISHU_PLUGIN_CONNECTION": stage.sandbox.ready["app_id"]}
    yield "no app", {"FEISHU_APP_ID": ""}
    yield "schema", {"FEISHU_PLUGIN_SCHEMA": "/nowhere.json"}


def commands(stage: Stage, traces: Traces) -> dict[str, int]:
    """Runs commands that fail, several at once; exit code by what is wrong."""
    cases = [
        (wrong, started(stage, ("-v", "status" if "database" in wrong else "plan", "--json"), changed))
        for wrong, changed in failing(stage)
    ]
    cases += [
        ("unreachable", started(stage, ("-v", "plan"), {"FEISHU_BASE_URL": NOWHERE})),
        ("serve", started(stage, ("-v", "serve"), {"FEISHU_APP_SECRET": WRONG_SECRET})),
    ]
    codes = {}
    for name, process in cases:
        out, err = process.communicate(timeout=300)
        traces.note(f"output of {name}", out + err)
        codes[name] = process.returncode
    return codes


@pytest.fixture(scope="module")
def traces(stage: Stage, database: str, post: MailServer, receiver: Receiver) -> Traces:
    """Everything that was left behind."""
    found = Traces()
    serve(stage, "long", found)
    mailbox = stage.environment["FEISHU_PLUGIN_MAILBOX"]
    wrong = mailbox.replace(quote(MAILBOX_PASSWORD, safe=""), WRONG_MAILBOX_PASSWORD)
    changed = {"FEISHU_PLUGIN_SMTP_PASSWORD": WRONG_MAIL_PASSWORD, "FEISHU_PLUGIN_MAILBOX": wrong}
    serve(stage, "webhook", found, **changed)
    if database.startswith("sqlite"):  # they are the same with any database
        found.note("exit codes", json.dumps(commands(stage, found)))
    found.note("state database", stored(database))
    found.note("the base", shown(stage))
    found.note("cards", json.dumps(stage.messages(), ensure_ascii=False))
    for headers, body in receiver.got:
        found.note("status changes", f"{dict(headers)} {body.decode()}")
    found.note("mails", (post.folder / "mails.jsonl").read_text(encoding="utf-8"))
    for file in Path(stage.folder).rglob("*.log"):
        if file.name != "sandbox.log":
            found.note(f"file {file.name}", file.read_text(encoding="utf-8"))
    return found


def test_no_secret_is_anywhere(stage: Stage, traces: Traces) -> None:
    assert traces.leaks(secrets_of(stage)) == []


def test_what_was_meant_to_fail_failed_with_one_line(traces: Traces, database: str) -> None:
    codes = json.loads(traces.found.get("exit codes", "{}"))

    assert bool(codes) == database.startswith("sqlite")
    assert set(codes.values()) <= {1}
    for wrong in codes:
        assert "Traceback" in traces.found[f"output of {wrong}"], "-v tells the cause"
        assert "feishu-plugin: " in traces.found[f"output of {wrong}"]


def test_there_was_something_to_leak_into(stage: Stage, traces: Traces) -> None:
    said = traces.found
    assert "listener" in said["process list"] or "multiprocessing" in said["process list"]
    assert "put_back" in said["state database"]
    assert "怎样导出" in said["cards"]
    assert "c1@example.com" in said["mails"]
    assert "refused user and password" in said["log of serve by webhook"] + said["the base"] + said["cards"]
    assert "webhook delivery refused" in said["log of serve by webhook"]
    assert "webhook-signature" in said["status changes"]
    assert [line.split()[0] for line in said["answers to tickets"].splitlines()[:3]] == ["202", "401", "422"]
    assert "邮箱读取失败" in said["cards"] or "mailbox" in said["log of serve by webhook"]


def test_the_search_finds_a_secret_however_it_travels() -> None:
    secret = "pl4nted & f0und"
    for form in forms(secret):
        assert Traces(found={"x": f"a{form}b"}).leaks({"it": secret}) == ["it in x"]
