"""Settings from the environment and .env: everything wrong is named at once, secrets never."""

import traceback
from pathlib import Path

import pytest

from feishu_plugin import settings
from feishu_plugin.errors import SettingsError
from feishu_plugin.settings import Settings

SECRETS = {
    "FEISHU_APP_SECRET": "s3cret-of-the-app",
    "FEISHU_ENCRYPT_KEY": "k3y-of-the-events",
    "FEISHU_VERIFICATION_TOKEN": "t0ken-of-the-app",
    "FEISHU_PLUGIN_DATABASE": "postgresql+psycopg://plugin:p4ssword@db.example.com/plugin",
    "FEISHU_PLUGIN_SMTP_PASSWORD": "p0st-office",
}
ENOUGH = {"FEISHU_APP_ID": "cli_a1", **SECRETS}
WRONG = "wr0ng-and-perhaps-a-secret"
NAMES = (
    *ENOUGH, "FEISHU_BASE_URL",
    "FEISHU_BASE_TOKEN", "FEISHU_PLUGIN_ADMINISTRATORS", "FEISHU_PLUGIN_CONNECTION",
    "FEISHU_PLUGIN_LISTEN", "FEISHU_PLUGIN_CLOCK", "FEISHU_PLUGIN_PACED", "FEISHU_PLUGIN_SCHEMA",
    "FEISHU_PLUGIN_SMTP", "FEISHU_PLUGIN_SMTP_SECURITY", "FEISHU_PLUGIN_SMTP_USER", "FEISHU_PLUGIN_SMTP_CA",
    "FEISHU_PLUGIN_MAIL_FROM", "FEISHU_PLUGIN_MAIL_REPLY_TO",
    "FEISHU_PLUGIN_MAILBOX", "FEISHU_PLUGIN_SECRETS", "FEISHU_PLUGIN_INTAKE_KEYS", "FEISHU_PLUGIN_WEBHOOKS",
    "FEISHU_PLUGIN_INTAKE_FORM", "FEISHU_PLUGIN_INTAKE_ORIGINS", "FEISHU_PLUGIN_CALLS_PER_MONTH",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> "Load":
    return Load(monkeypatch)


class Load:
    """Sets what is enough and some more, then loads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, **more: str) -> Settings:
        for name, value in {**ENOUGH, **more}.items():
            self._monkeypatch.setenv(name, value)
        return settings.load()


def test_two_settings_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEISHU_APP_ID", "cli_a1")
    monkeypatch.setenv("FEISHU_APP_SECRET", "secret")

    found = settings.load()

    assert (found.app_id, found.app_secret.get_secret_value()) == ("cli_a1", "secret")
    assert found.base_url == "https://open.feishu.cn"
    assert found.database.startswith("sqlite:///")
    assert (found.base_tokens, found.administrators, found.connection, found.clock) == (
        (),
        (),
        "long",
        "system",
    )
    assert found.paced


def test_a_dotenv_file_serves_as_well_and_the_environment_wins(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FEISHU_APP_ID=cli_file\nFEISHU_BASE_TOKEN=bascnFile\nUNRELATED=1\n")

    found = load()

    assert (found.app_id, found.base_tokens) == ("cli_a1", ("bascnFile",))


def test_all_missing_ones_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load()

    assert str(caught.value) == (
        "missing settings: FEISHU_APP_ID, FEISHU_APP_SECRET "
        "(set them in the environment or in a file named .env, or run `feishu-plugin init`)"
    )


def test_missing_and_wrong_ones_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEISHU_APP_SECRET", "")
    monkeypatch.setenv("FEISHU_BASE_URL", "open.feishu.cn")
    monkeypatch.setenv("FEISHU_PLUGIN_CONNECTION", "pigeon")
    monkeypatch.setenv("FEISHU_PLUGIN_PACED", "sometimes")

    with pytest.raises(SettingsError) as caught:
        settings.load()

    text = str(caught.value)
    assert text.startswith("missing settings: FEISHU_APP_ID; ")
    for name in (
        "FEISHU_APP_SECRET: ",
        "FEISHU_BASE_URL: ",
        "FEISHU_PLUGIN_CONNECTION: ",
        "FEISHU_PLUGIN_PACED: ",
    ):
        assert name in text


def test_settings_that_do_not_fit_together_are_all_named(load: Load) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FEISHU_PLUGIN_CLOCK="sandbox", FEISHU_PLUGIN_PACED="0", FEISHU_PLUGIN_CONNECTION="webhook")

    for text in (
        "FEISHU_PLUGIN_CLOCK=sandbox needs FEISHU_BASE_URL on loopback",
        "FEISHU_PLUGIN_PACED=0 needs FEISHU_BASE_URL on loopback",
        "FEISHU_PLUGIN_CONNECTION=webhook needs FEISHU_PLUGIN_LISTEN=host:port",
    ):
        assert text in str(caught.value)


def test_what_is_wrong_is_told_in_the_language_that_is_spoken(load: Load) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FEISHU_PLUGIN_LOG="loud", FEISHU_BASE_URL="ftp://x", FEISHU_PLUGIN_CALLS_PER_MONTH="many")

    assert caught.value.phrase.zh.startswith(
        "FEISHU_BASE_URL：应为地址，如 https://open.feishu.cn；FEISHU_PLUGIN_LOG：应为 'text' 或 'json'；"
        "FEISHU_PLUGIN_CALLS_PER_MONTH：应为整数"
    )
    assert "FEISHU_PLUGIN_LOG: must be 'text' or 'json'; " in caught.value.phrase.en


@pytest.mark.parametrize("show", [repr, str])
def test_no_secret_is_shown(load: Load, show: "type[str]") -> None:
    shown = show(load())

    assert "cli_a1" in shown
    for secret in (*SECRETS.values(), "p4ssword"):
        assert secret not in shown


@pytest.mark.parametrize("wrong", ["FEISHU_BASE_URL", "FEISHU_PLUGIN_CONNECTION", "FEISHU_PLUGIN_CLOCK"])
def test_no_secret_is_in_an_error_or_its_traceback(load: Load, wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{wrong: WRONG})

    text = "".join(traceback.format_exception(caught.value))
    for secret in (*SECRETS.values(), WRONG):
        assert secret not in text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://open.larksuite.com/", "https://open.larksuite.com"),
        ("http://127.0.0.1:8900", "http://127.0.0.1:8900"),
        ("http://localhost:8900/", "http://localhost:8900"),
        ("http://[::1]:8900", "http://[::1]:8900"),
    ],
)
def test_an_address_is_kept_without_its_slash(load: Load, url: str, kept: str) -> None:
    assert load(FEISHU_BASE_URL=url).base_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://open.feishu.cn",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "http://10.0.0.1:8900",
        "ftp://127.0.0.1",
        "127.0.0.1:8900",
        "https://",
        "http://[::1",
        "",
    ],
)
def test_plain_http_leaves_loopback_for_nobody(load: Load, url: str) -> None:
    with pytest.raises(SettingsError, match="FEISHU_BASE_URL: "):
        load(FEISHU_BASE_URL=url)


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://localhost"]
)
def test_the_sandbox_clock_and_no_pacing_are_for_loopback(load: Load, host: str) -> None:
    found = load(FEISHU_BASE_URL=host, FEISHU_PLUGIN_CLOCK="sandbox", FEISHU_PLUGIN_PACED="0")

    assert (found.clock, found.paced) == ("sandbox", False)


def test_several_bases_and_administrators_are_listed_with_commas(load: Load) -> None:
    found = load(FEISHU_BASE_TOKEN=" bascnA, bascnB,,", FEISHU_PLUGIN_ADMINISTRATORS="ou_1,li@example.com")

    assert found.base_tokens == ("bascnA", "bascnB")
    assert found.administrators == ("ou_1", "li@example.com")


def test_one_base_is_asked_for_by_name(load: Load) -> None:
    assert settings.one_base(load(FEISHU_BASE_TOKEN="bascnA")) == "bascnA"


@pytest.mark.parametrize(("tokens", "found"), [("", "is not set"), ("bascnA,bascnB", "names several bases")])
def test_none_or_several_bases_are_refused_where_one_is_meant(load: Load, tokens: str, found: str) -> None:
    with pytest.raises(SettingsError, match=f"FEISHU_BASE_TOKEN {found}"):
        settings.one_base(load(FEISHU_BASE_TOKEN=tokens))


MAIL = {
    "FEISHU_PLUGIN_SMTP": "smtp.example.com:587",
    "FEISHU_PLUGIN_SMTP_USER": "robot",
    "FEISHU_PLUGIN_MAIL_FROM": "星河客服 <service@example.com>",
}


def test_a_mail_server_is_a_host_and_a_port_and_encrypted_unless_said(load: Load) -> None:
    found = load(**MAIL)

    assert found.smtp_address == ("smtp.example.com", 587)
    assert found.smtp_security == "starttls"
    assert load(FEISHU_PLUGIN_SMTP="[::1]:25").smtp_address == ("::1", 25)


def test_without_a_mail_server_nothing_else_of_mail_is_looked_at(load: Load) -> None:
    assert load(FEISHU_PLUGIN_SMTP_USER="", FEISHU_PLUGIN_MAIL_FROM="?").smtp == ""


@pytest.mark.parametrize("host", ["127.0.0.1:25", "localhost:25", "[::1]:25"])
def test_mail_in_plain_text_stays_on_the_machine(load: Load, host: str) -> None:
    found = load(**(MAIL | {"FEISHU_PLUGIN_SMTP": host}), FEISHU_PLUGIN_SMTP_SECURITY="none")

    assert found.smtp_security == "none"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"FEISHU_PLUGIN_SMTP": "smtp.example.com"}, "FEISHU_PLUGIN_SMTP must be host:port"),
        ({"FEISHU_PLUGIN_SMTP": "smtp.example.com:many"}, "FEISHU_PLUGIN_SMTP must be host:port"),
        ({"FEISHU_PLUGIN_SMTP": ":25"}, "FEISHU_PLUGIN_SMTP must be host:port"),
        ({"FEISHU_PLUGIN_SMTP_SECURITY": "none"}, "=none is accepted on loopback only"),
        ({"FEISHU_PLUGIN_SMTP_SECURITY": "ssl"}, "FEISHU_PLUGIN_SMTP_SECURITY: "),
        ({"FEISHU_PLUGIN_SMTP_USER": ""}, "need each other"),
        ({"FEISHU_PLUGIN_MAIL_FROM": "星河客服"}, "needs FEISHU_PLUGIN_MAIL_FROM"),
        ({"FEISHU_PLUGIN_MAIL_REPLY_TO": "nobody"}, "FEISHU_PLUGIN_MAIL_REPLY_TO must be"),
        ({"FEISHU_PLUGIN_SMTP_CA": "/nowhere.pem"}, "there is no file /nowhere.pem"),
    ],
)
def test_what_is_wrong_with_mail_is_said(load: Load, more: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**(MAIL | more))

    assert said in str(caught.value)
    assert "p0st-office" not in str(caught.value)


def test_all_that_is_wrong_with_mail_is_said_at_once(load: Load) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FEISHU_PLUGIN_SMTP="smtp.example.com", FEISHU_PLUGIN_SMTP_SECURITY="none")

    for name in ("FEISHU_PLUGIN_SMTP must", "SECURITY=none", "SMTP_USER and", "FEISHU_PLUGIN_MAIL_FROM"):
        assert name in str(caught.value)


MAILBOX = "imaps://service%40star.example:p0st%2Foffice@imap.star.example"


def test_a_mailbox_is_an_address_of_a_base(load: Load) -> None:
    [(base, found)] = load(FEISHU_BASE_TOKEN="bascnA", FEISHU_PLUGIN_MAILBOX=MAILBOX).mailboxes.items()
    assert (base, found.host, found.port, found.security) == ("bascnA", "imap.star.example", 993, "tls")
    assert (found.user, found.password) == ("service@star.example", "p0st/office")
    assert (found.folder, found.minutes, found.days, found.done) == ("INBOX", 1.0, 7, "")
    assert found.door == "mail:service@star.example"
    assert "p0st" not in repr(found)

    more = (
        "imap+starttls://a:b@imap.star.example:1143/%E9%9C%80%E6%B1%82?base=bascnB&minutes=5&days=30&done=ok"
    )
    both = load(FEISHU_BASE_TOKEN="bascnA,bascnB", FEISHU_PLUGIN_MAILBOX=f"{MAILBOX}?base=bascnA, {more}")
    second = both.mailboxes["bascnB"]
    assert (second.port, second.folder, second.minutes, second.days, second.done) == (
        1143,
        "需求",
        5.0,
        30,
        "ok",
    )
    assert second.door == "mail:a@imap.star.example/需求"
    assert "p0st" not in repr(both)
    assert load(FEISHU_PLUGIN_MAILBOX="").mailboxes == {}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("imap.star.example", "must be imaps://"),
        ("imaps://imap.star.example", "percent-encoded"),
        ("imaps://a:p0st@imap.star.example:many", "must be imaps://"),
        ("imaps://a:p0st#office@imap.star.example", "must be imaps://"),
        ("imap://a:p0st@imap.star.example", "loopback only"),
        (f"{MAILBOX}?hours=1", "has an option that is none of"),
        (f"{MAILBOX}?minutes=0", "minutes above 0"),
        (f"{MAILBOX}?minutes=nan", "minutes above 0"),
        (f"{MAILBOX}?days=some", "needs numbers"),
        (f"{MAILBOX}?ca=/nowhere.pem", "not there: /nowhere.pem"),
        (f"{MAILBOX}?base=bascnB", "with a base of FEISHU_BASE_TOKEN"),
        (f"{MAILBOX},{MAILBOX}", "one mailbox for each base"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said_without_its_password(
    load: Load, address: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FEISHU_BASE_TOKEN="bascnA", FEISHU_PLUGIN_MAILBOX=address)

    assert f"FEISHU_PLUGIN_MAILBOX{'' if 'base' in said else ' '}" in str(caught.value)
    assert said in str(caught.value)
    assert "p0st" not in str(caught.value)


def test_settings_do_not_change_under_way(load: Load) -> None:
    found = load()

    with pytest.raises(ValueError, match="frozen"):
        setattr(found, "app_id", "cli_other")  # noqa: B010 - mypy knows it is read-only


def test_a_folder_of_secrets_serves_as_well_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("feishu_app_secret", "feishu_plugin_database", "feishu_base_token"):
        (tmp_path / name).write_text(f"from-the-file-{name}\n", encoding="utf-8")
    monkeypatch.setenv("FEISHU_PLUGIN_SECRETS", str(tmp_path))
    monkeypatch.setenv("FEISHU_APP_ID", "cli_a1")
    monkeypatch.setenv("FEISHU_BASE_TOKEN", "bascnFromTheEnvironment")

    found = settings.load()

    assert found.app_secret.get_secret_value() == "from-the-file-feishu_app_secret"
    assert found.database == "from-the-file-feishu_plugin_database"
    assert found.base_tokens == ("bascnFromTheEnvironment",)


def test_a_folder_of_secrets_that_is_not_there_is_named(load: Load, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"FEISHU_PLUGIN_SECRETS: there is no folder .*nowhere"):
        load(FEISHU_PLUGIN_SECRETS=str(tmp_path / "nowhere"))


API_KEY = "a-k3y-of-twenty-four-chars"
INTAKE = {
    "FEISHU_BASE_TOKEN": "bascnA,bascnB",
    "FEISHU_PLUGIN_LISTEN": "127.0.0.1:0",
    "FEISHU_PLUGIN_INTAKE_KEYS": f"工单系统:{API_KEY}1@bascnB, 官网 : {API_KEY}2@bascnA",
}


def test_an_api_key_has_a_name_and_a_base(load: Load) -> None:
    found = load(**INTAKE)

    assert [(one.name, one.key.get_secret_value(), one.base) for one in found.intake] == [
        ("工单系统", f"{API_KEY}1", "bascnB"),
        ("官网", f"{API_KEY}2", "bascnA"),
    ]
    assert API_KEY not in repr(found) + repr(found.intake)


def test_an_api_key_is_for_the_only_base_there_is(load: Load) -> None:
    more = {"FEISHU_BASE_TOKEN": "bascnA", "FEISHU_PLUGIN_INTAKE_KEYS": f"官网:{API_KEY}"}

    assert [one.base for one in load(**(INTAKE | more)).intake] == ["bascnA"]


def test_without_api_keys_there_is_no_door(load: Load) -> None:
    assert load().intake == ()


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"FEISHU_PLUGIN_LISTEN": ""}, "needs FEISHU_PLUGIN_LISTEN"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"{API_KEY}@bascnA"}, "a name of its own"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f":{API_KEY}@bascnA"}, "a name of its own"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"a:{API_KEY}@bascnA,a:{API_KEY}9@bascnA"}, "a name of its own"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": "a:a-k3y-of-chars@bascnA"}, "fewer than 24"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"a:{API_KEY}钥@bascnA"}, "ASCII"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"a:{API_KEY}"}, "with a base of FEISHU_BASE_TOKEN"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"a:{API_KEY}@bascnC"}, "with a base of FEISHU_BASE_TOKEN"),
    ],
)
def test_a_wrong_api_key_is_named_and_never_shown(load: Load, more: dict[str, str], text: str) -> None:
    with pytest.raises(SettingsError, match=text) as caught:
        load(**(INTAKE | more))

    shown = "".join(traceback.format_exception(caught.value))
    assert "a-k3y" not in shown


FORM = {"FEISHU_BASE_TOKEN": "bascnA,bascnB", "FEISHU_PLUGIN_LISTEN": "127.0.0.1:0"}


def test_the_form_brings_to_one_base(load: Load) -> None:
    named = load(
        **FORM,
        FEISHU_PLUGIN_INTAKE_FORM="bascnB",
        FEISHU_PLUGIN_INTAKE_ORIGINS="https://a.example, http://b:81",
    )

    assert named.form_base == "bascnB"
    assert named.intake_origins == ("https://a.example", "http://b:81")
    assert (
        load(**(FORM | {"FEISHU_BASE_TOKEN": "bascnA"}), FEISHU_PLUGIN_INTAKE_FORM="1").form_base == "bascnA"
    )
    assert load(**FORM, FEISHU_PLUGIN_INTAKE_FORM="0").form_base == ""


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"FEISHU_PLUGIN_LISTEN": ""}, "INTAKE_FORM needs FEISHU_PLUGIN_LISTEN"),
        ({"FEISHU_PLUGIN_INTAKE_FORM": "1"}, "must be 1 with one base"),
        ({"FEISHU_PLUGIN_INTAKE_FORM": "bascnC"}, "must be 1 with one base"),
        ({"FEISHU_PLUGIN_INTAKE_ORIGINS": "https://a.example; script-src *"}, "INTAKE_ORIGINS must be"),
        ({"FEISHU_PLUGIN_INTAKE_KEYS": f"网页表单:{API_KEY}@bascnA"}, "is the name of the form"),
    ],
)
def test_a_form_that_cannot_be_served_is_named(load: Load, more: dict[str, str], text: str) -> None:
    with pytest.raises(SettingsError, match=text):
        load(**(FORM | {"FEISHU_PLUGIN_INTAKE_FORM": "bascnA"} | more))


WHSEC = "whsec_" + "c2VjcmV0IGtleSBvZiAyNCBieXRlcyEh"


def test_webhooks_have_an_address_and_a_key(load: Load) -> None:
    found = load(FEISHU_PLUGIN_WEBHOOKS=f"https://a.example/h?x|{WHSEC}, http://127.0.0.1:81/|{WHSEC}")

    assert [one.url for one in found.webhook_endpoints] == ["https://a.example/h?x", "http://127.0.0.1:81/"]
    assert found.webhook_endpoints[0].key == b"secret key of 24 bytes!!"
    assert WHSEC not in repr(found) + repr(found.webhook_endpoints)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (f"http://a.example/|{WHSEC}", "http is for loopback only"),
        (f"ftp://a.example/|{WHSEC}", "http is for loopback only"),
        (f"https://user:w0rd@a.example/|{WHSEC}", "http is for loopback only"),
        (f"https://[|{WHSEC}", "http is for loopback only"),
        (WHSEC, "http is for loopback only"),
        ("https://a.example/|whsec_c2hvcnQ=", "24 to 64 bytes"),
        ("https://a.example/|c2VjcmV0IGtleSBvZiAyNCBieXRlcyEh", "24 to 64 bytes"),
        ("https://a.example/", "24 to 64 bytes"),
    ],
)
def test_a_wrong_webhook_is_named_and_never_shown(load: Load, wrong: str, text: str) -> None:
    with pytest.raises(SettingsError, match=text) as caught:
        load(FEISHU_PLUGIN_WEBHOOKS=wrong)

    assert WHSEC not in str(caught.value)
    assert "w0rd" not in str(caught.value)
