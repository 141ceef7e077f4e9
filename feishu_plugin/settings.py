"""Settings from the environment, ``.env`` or files of secrets; the only file that reads the environment.

Secrets are ``SecretStr``: they show in no log, error or ``repr``. Everything that is missing
or wrong is named in one message.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.setting_parts import LOOPBACK, IntakeKey, WebhookEndpoint
from feishu_plugin.setting_words import (
    A_BASE_FOR_THE_FORM,
    A_KEY_AND_ITS_BASE,
    A_MAIL_SERVER,
    AN_ADDRESS,
    ASCII_KEYS,
    MAIL_ACCOUNT,
    MAIL_IS_SEALED,
    NAMED_KEYS,
    ONE_MAILBOX_EACH,
    SEALED,
    SITES,
    WEBHOOK_FORM,
    WEBHOOK_SECRET,
    about,
    all_wrong,
    loopback_only,
    must_be,
    needs,
    told,
)
from feishu_plugin.sync.postbox.account import MailboxAccount, mailboxes

_LISTEN, _WEBHOOK = "FEISHU_PLUGIN_LISTEN=host:port", "FEISHU_PLUGIN_CONNECTION=webhook"
_SECRETS_SETTING, _SECRETS_FOLDER = "FEISHU_PLUGIN_SECRETS", "/run/secrets"
FORM_DOOR = "网页表单"
"""The name of the web form among those who bring requirements."""
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
"""It becomes part of a header: nothing in it may end one."""
SHORTEST_KEY = 24
"""Characters of an API key: what is shorter can be guessed."""


class Settings(BaseSettings):
    """Everything an administrator may set."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True, frozen=True)

    app_id: str = Field(alias="FEISHU_APP_ID", min_length=1)
    app_secret: SecretStr = Field(alias="FEISHU_APP_SECRET", min_length=1)
    base_url: str = Field(default="https://open.feishu.cn", alias="FEISHU_BASE_URL")
    base_tokens: Annotated[tuple[str, ...], NoDecode] = Field(default=(), alias="FEISHU_BASE_TOKEN")
    database: str = Field(
        default="sqlite:///feishu_plugin.sqlite3", alias="FEISHU_PLUGIN_DATABASE", repr=False
    )
    """SQLAlchemy address; it may hold a password, so it is not shown."""
    encrypt_key: SecretStr = Field(default=SecretStr(""), alias="FEISHU_ENCRYPT_KEY")
    verification_token: SecretStr = Field(default=SecretStr(""), alias="FEISHU_VERIFICATION_TOKEN")
    administrators: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), alias="FEISHU_PLUGIN_ADMINISTRATORS"
    )
    """open_ids or e-mail addresses of the people who hear of trouble."""
    connection: Literal["long", "webhook"] = Field(default="long", alias="FEISHU_PLUGIN_CONNECTION")
    listen: str = Field(default="", alias="FEISHU_PLUGIN_LISTEN")
    """``host:port`` of the health page (and of the webhook door); empty serves none."""
    log: Literal["text", "json"] = Field(default="text", alias="FEISHU_PLUGIN_LOG")
    """How a log line is written: for people, or one JSON object for machines."""
    language: Literal["auto", "zh", "en"] = Field(default="auto", alias="FEISHU_PLUGIN_LANGUAGE")
    """What commands print: Chinese, English, or what the locale says (``terminal`` reads it at start)."""
    clock: Literal["system", "sandbox"] = Field(default="system", alias="FEISHU_PLUGIN_CLOCK")
    paced: bool = Field(default=True, alias="FEISHU_PLUGIN_PACED")
    """False: no client-side rate limits; only for a sandbox whose own limits are switched off."""
    calls_per_month: int = Field(default=0, ge=0, alias="FEISHU_PLUGIN_CALLS_PER_MONTH")
    """Calls that the tenant's edition allows; reports and sweeps wait when they run short. 0: unlimited."""
    smtp: str = Field(default="", alias="FEISHU_PLUGIN_SMTP")
    """``host:port`` of the mail server; empty sends no mail to customers."""
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", alias="FEISHU_PLUGIN_SMTP_SECURITY"
    )
    smtp_user: str = Field(default="", alias="FEISHU_PLUGIN_SMTP_USER")
    smtp_password: SecretStr = Field(default=SecretStr(""), alias="FEISHU_PLUGIN_SMTP_PASSWORD")
    smtp_ca: Path | None = Field(default=None, alias="FEISHU_PLUGIN_SMTP_CA")
    """Certificates to trust instead of the system's."""
    mail_from: str = Field(default="", alias="FEISHU_PLUGIN_MAIL_FROM")
    """``名称 <address>``."""
    mail_reply_to: str = Field(default="", alias="FEISHU_PLUGIN_MAIL_REPLY_TO")
    mailbox: SecretStr = Field(default=SecretStr(""), alias="FEISHU_PLUGIN_MAILBOX")
    """``imaps://user:password@host/folder?base=…``; its letters become requirements. Empty reads none."""
    intake_keys: SecretStr = Field(default=SecretStr(""), alias="FEISHU_PLUGIN_INTAKE_KEYS")
    """``name:key`` or ``name:key@base_token``, with commas between; empty opens no door for requirements."""
    intake_form: str = Field(default="", alias="FEISHU_PLUGIN_INTAKE_FORM")
    """``1`` serves a web form for the only base, a base token for that base; empty or ``0`` serves none."""
    intake_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), alias="FEISHU_PLUGIN_INTAKE_ORIGINS"
    )
    """Web sites that may show the form in a frame, such as ``https://www.example.com``."""
    webhooks: SecretStr = Field(default=SecretStr(""), alias="FEISHU_PLUGIN_WEBHOOKS")
    """``url|whsec_…`` with commas between: who hears of status changes. The address may be a secret, too."""
    schema_file: Path | None = Field(default=None, alias="FEISHU_PLUGIN_SCHEMA")
    secrets: Path | None = Field(default=None, alias=_SECRETS_SETTING)
    """A folder of files named as settings, read before all else; without it ``/run/secrets`` if there."""

    @field_validator("base_tokens", "administrators", "intake_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(AN_ADDRESS)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(SEALED)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        on_loopback = urlsplit(self.base_url).hostname in LOOPBACK
        wrong: list[Phrase] = []
        if self.clock == "sandbox" and not on_loopback:
            wrong.append(loopback_only("FEISHU_PLUGIN_CLOCK=sandbox"))
        if not self.paced and not on_loopback:
            wrong.append(loopback_only("FEISHU_PLUGIN_PACED=0"))
        if self.connection == "webhook" and not self.listen:
            wrong.append(needs(_WEBHOOK, _LISTEN))
        keys = (self.encrypt_key, self.verification_token)
        if self.connection == "webhook" and not any(key.get_secret_value() for key in keys):
            wrong.append(needs(_WEBHOOK, "FEISHU_ENCRYPT_KEY / FEISHU_VERIFICATION_TOKEN"))
        wrong += self._wrong_with_mail()
        wrong += self._wrong_with_mailboxes()
        wrong += self._wrong_with_intake()
        wrong += self._wrong_with_form()
        wrong += self._wrong_with_webhooks()
        if wrong:
            raise ValueError(all_wrong(wrong))
        return self

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Host and port of the mail server; ("", 0) when it is not ``host:port``."""
        try:
            parts = urlsplit(f"//{self.smtp}")
            return (parts.hostname or "", parts.port) if parts.port else ("", 0)
        except ValueError:
            return "", 0

    @property
    def mailboxes(self) -> dict[str, MailboxAccount]:
        """Base token to the mailbox whose letters it gets."""
        only = self.base_tokens[0] if len(self.base_tokens) == 1 else ""
        return {one.base or only: one for one in mailboxes(self.mailbox.get_secret_value())}

    def _wrong_with_mailboxes(self) -> Iterator[Phrase]:
        try:
            found, bases = mailboxes(self.mailbox.get_secret_value()), self.mailboxes
        except ValueError as error:
            yield about("FEISHU_PLUGIN_MAILBOX", error.args[0])
            return
        if len(bases) < len(found) or not set(bases) <= set(self.base_tokens):
            yield ONE_MAILBOX_EACH

    @property
    def intake(self) -> tuple[IntakeKey, ...]:
        """Who may bring requirements by HTTP, and into which base."""
        parts = (part.strip() for part in self.intake_keys.get_secret_value().split(","))
        return tuple(self._intake_key(part) for part in parts if part)

    @property
    def webhook_endpoints(self) -> tuple[WebhookEndpoint, ...]:
        """Who hears of status changes."""
        parts = [part.strip().rpartition("|") for part in self.webhooks.get_secret_value().split(",")]
        return tuple(WebhookEndpoint(url=url, secret=SecretStr(key)) for url, _, key in parts if url or key)

    def _wrong_with_webhooks(self) -> Iterator[Phrase]:
        if not all(one.is_safe for one in self.webhook_endpoints):
            yield WEBHOOK_FORM
        if not all(one.key for one in self.webhook_endpoints):
            yield WEBHOOK_SECRET

    @property
    def form_base(self) -> str:
        """The base that takes what the web form brings; empty when there is no form."""
        if self.intake_form in ("", "0"):
            return ""
        only = self.base_tokens[0] if len(self.base_tokens) == 1 else ""
        return only if self.intake_form == "1" else self.intake_form

    def _wrong_with_form(self) -> Iterator[Phrase]:
        if self.intake_form in ("", "0"):
            return
        if not self.listen:
            yield needs("FEISHU_PLUGIN_INTAKE_FORM", _LISTEN)
        if self.form_base not in self.base_tokens:
            yield must_be("FEISHU_PLUGIN_INTAKE_FORM", A_BASE_FOR_THE_FORM)
        if any(one.name == FORM_DOOR for one in self.intake):
            yield Phrase(
                f"FEISHU_PLUGIN_INTAKE_KEYS：{FORM_DOOR} 是表单的名称，请给密钥换个名称",
                f"FEISHU_PLUGIN_INTAKE_KEYS: {FORM_DOOR} is the name of the form; name the key otherwise",
            )
        if not all(_ORIGIN.fullmatch(one) for one in self.intake_origins):
            yield must_be("FEISHU_PLUGIN_INTAKE_ORIGINS", SITES)

    def _intake_key(self, text: str) -> IntakeKey:
        # Without a colon it is all key: a name is shown, a key never.
        name, colon, rest = text.partition(":")
        key, _, base = (rest if colon else text).partition("@")
        only = self.base_tokens[0] if len(self.base_tokens) == 1 else ""
        return IntakeKey(
            name=name.strip() if colon else "", key=SecretStr(key.strip()), base=base.strip() or only
        )

    def _wrong_with_intake(self) -> Iterator[Phrase]:
        if not self.intake:
            return
        names = [one.name for one in self.intake]
        if not self.listen:
            yield needs("FEISHU_PLUGIN_INTAKE_KEYS", _LISTEN)
        if not all(names) or len(set(names)) < len(names):
            yield NAMED_KEYS
        if any(len(one.key.get_secret_value()) < SHORTEST_KEY for one in self.intake):
            yield Phrase(
                f"FEISHU_PLUGIN_INTAKE_KEYS：有密钥短于 {SHORTEST_KEY} 个字符",
                f"FEISHU_PLUGIN_INTAKE_KEYS: a key has fewer than {SHORTEST_KEY} characters",
            )
        if any(not one.key.get_secret_value().isascii() for one in self.intake):
            yield ASCII_KEYS
        if any(one.base not in self.base_tokens for one in self.intake):
            yield must_be("FEISHU_PLUGIN_INTAKE_KEYS", A_KEY_AND_ITS_BASE)

    def _wrong_with_mail(self) -> Iterator[Phrase]:
        if not self.smtp:
            return
        host, _ = self.smtp_address
        if not host:
            yield must_be("FEISHU_PLUGIN_SMTP", A_MAIL_SERVER)
        if self.smtp_security == "none" and host not in LOOPBACK:
            yield MAIL_IS_SEALED
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            yield MAIL_ACCOUNT
        if not address_in(self.mail_from):
            yield needs("FEISHU_PLUGIN_SMTP", "FEISHU_PLUGIN_MAIL_FROM=客服中心 <service@example.com>")
        if self.mail_reply_to and not address_in(self.mail_reply_to):
            yield must_be("FEISHU_PLUGIN_MAIL_REPLY_TO", Phrase("邮箱地址", "an e-mail address"))
        if self.smtp_ca and not self.smtp_ca.is_file():
            yield Phrase(
                f"FEISHU_PLUGIN_SMTP_CA：没有文件 {self.smtp_ca}",
                f"FEISHU_PLUGIN_SMTP_CA: there is no file {self.smtp_ca}",
            )


def load(listen: str | None = None, also: Mapping[str, str] | None = None) -> Settings:
    """The settings; SettingsError names all that is missing or wrong at once.

    ``listen`` and ``also`` (by name) come from the command line and win over the environment.
    """
    given_here: dict[str, object] = {
        **(also or {}),
        **({} if listen is None else {"FEISHU_PLUGIN_LISTEN": listen}),
    }
    try:
        return Settings(_secrets_dir=_secrets(), **given_here)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_message(error)) from None


def given() -> Mapping[str, str]:
    """What is set so far, by name, complete or not: the environment first, then ``.env``, then secrets."""
    names = {str(field.alias) for field in Settings.model_fields.values()}
    folder = _secrets()
    files = [one for one in folder.iterdir() if one.is_file()] if folder else []
    secrets = {one.name.upper(): one.read_text(encoding="utf-8").strip() for one in files}
    found = {**secrets, **dotenv_values(".env"), **os.environ}
    return {name: value for name in names if (value := found.get(name))}


def is_mounted(name: str) -> bool:
    """True when a folder of secrets holds this setting: it needs no other place."""
    folder = _secrets()
    return folder is not None and (folder / name).is_file()


def _secrets() -> Path | None:
    """A folder with one file for each setting, named as the setting: how containers are given secrets.

    What the environment says goes first.
    """
    named = os.environ.get(_SECRETS_SETTING)
    if named and not Path(named).is_dir():
        raise SettingsError(
            Phrase(
                f"{_SECRETS_SETTING}：没有文件夹 {named}；请写存放各密钥文件的文件夹",
                f"{_SECRETS_SETTING}: there is no folder {named}; "
                "name the one that holds a file for each secret",
            )
        )
    folder = Path(named or _SECRETS_FOLDER)
    return folder if folder.is_dir() else None


def one_base(settings: Settings) -> str:
    """The base a command works on; SettingsError when none or several are set."""
    if len(settings.base_tokens) == 1:
        return settings.base_tokens[0]
    zh, en = ("设了多个", "names several bases") if settings.base_tokens else ("没有设置", "is not set")
    raise SettingsError(
        Phrase(
            f"FEISHU_BASE_TOKEN {zh}：请设为要处理的那一个多维表格的 token",
            f"FEISHU_BASE_TOKEN {en}: set it to the token of the one base to work on",
        )
    )


def bases(settings: Settings) -> tuple[str, ...]:
    """The bases that a command works on; SettingsError when none is set."""
    if settings.base_tokens:
        return settings.base_tokens
    raise SettingsError(
        Phrase(
            "缺少设置：FEISHU_BASE_TOKEN（运行 `feishu-plugin apply --base-name 名称` 可新建多维表格）",
            "missing settings: FEISHU_BASE_TOKEN (run `feishu-plugin apply --base-name NAME` to make a base)",
        )
    )


def _message(error: ValidationError) -> Phrase:
    missing = [str(e["loc"][0]) for e in error.errors() if e["type"] == "missing"]
    names = ", ".join(missing)
    lacks = [Phrase(f"缺少设置：{names}", f"missing settings: {names}")] if missing else []
    # Never the input itself: it may be a secret.
    found = all_wrong([*lacks, *(told(e) for e in error.errors() if e["type"] != "missing")])
    return Phrase(
        f"{found.zh}（请写进环境变量或 .env 文件，或运行 `feishu-plugin init`）",
        f"{found.en} (set them in the environment or in a file named .env, or run `feishu-plugin init`)",
    )
