"""Every error this package raises on purpose: what happened, where, and what to do next.

Three faults are told apart: ours (a bug, any other exception), theirs (settings, schema,
policy, a malformed event) and Feishu's (a refusal with its code).
"""

from typing import Literal

from feishu_plugin.language import Phrase


class PluginError(Exception):
    """The root; its text is one clear line for the person who runs the service, in their language."""

    def __init__(self, text: Phrase | str) -> None:
        super().__init__(text)

    @property
    def phrase(self) -> Phrase:
        """Its text in both languages; the same twice where it has one."""
        text = self.args[0]
        return text if isinstance(text, Phrase) else Phrase(str(text), str(text))


class SettingsError(PluginError):
    """Settings are missing or wrong; all of them are named at once."""


class SchemaError(PluginError):
    """``field_schema.json`` cannot be used; names every JSON path that is wrong."""


class MappingError(PluginError):
    """A table cannot be adopted as it was asked; names every place of the mapping that is wrong."""


class UnsafePlan(PluginError):
    """Bringing the base in line could destroy data; names every such place and the way out."""


class ArchiveError(PluginError):
    """An archive cannot be written or read, or the base it should go to is not fit for it."""


class IntakeError(PluginError):
    """A file cannot be imported; says what it is instead, or who is importing already."""


class ArchivedRowError(PluginError):
    """A row of 历史需求数据表 does not hold what was archived; says which and where to get it back."""


class BackupError(PluginError):
    """A state database cannot be copied or put back; says what is in the way."""


class BindingError(PluginError):
    """The base lacks something that this operation needs."""


class PolicyError(PluginError):
    """A policy file (the packaged one or a team's) cannot be used; names every row that is wrong."""


class UndoError(PluginError):
    """An undo names a person or a field that cannot be undone; says who and what can."""


class PreviewError(PluginError):
    """A preview names a notice, a requirement or a person that cannot be found, or a notice that is off."""


class StoreError(PluginError):
    """The database cannot be used at this moment: gone, locked, no room; nobody's rows are to blame."""


class MalformedEvent(PluginError):
    """A delivery that is not an event of ours: kept aside with its cause."""


class RefusedDelivery(PluginError):
    """A webhook delivery with a bad signature, token or age; it is not stored."""


class LeaseLost(PluginError):
    """Another replica may be at work on this base: the round ends without effect."""


class ReportError(PluginError):
    """A report that must not be written; ``record_ids`` are the requirements to look at."""

    def __init__(self, text: Phrase | str, record_ids: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.record_ids = record_ids


class MailError(PluginError):
    """A mail did not go out; ``about`` says whose fault it is, ``lasting`` that trying again is useless.

    ``server``: it cannot be reached, its certificate, the account, the sender; others would fail as
    well. ``permission``: it does not let us write to this address. ``recipient``: this address.
    ``letter``: what is in it.
    """

    def __init__(
        self,
        text: Phrase | str,
        *,
        about: Literal["server", "permission", "recipient", "letter"],
        lasting: bool,
    ) -> None:
        super().__init__(text)
        self.about, self.lasting = about, lasting


class MailboxError(PluginError):
    """A mailbox cannot be read at this moment; its letters stay there."""


class FeishuError(PluginError):
    """A call that failed: refused, or without a usable answer; this class itself is never raised."""

    _happened = Phrase("飞书没有完成", "Feishu failed at")

    def __init__(self, *, code: int, msg: str, endpoint: str, log_id: str = "", detail: str = "") -> None:
        told = f"{endpoint}: {code} {detail or msg} (log_id {log_id or '-'})"
        super().__init__(Phrase(f"{self._happened.zh} {told}", f"{self._happened.en} {told}"))
        self.code, self.msg, self.endpoint, self.log_id, self.detail = code, msg, endpoint, log_id, detail


class FeishuRefused(FeishuError):
    """Feishu refused a call, which had no effect: judged by ``code``, never by HTTP status or message."""

    _happened = Phrase("飞书拒绝了", "Feishu refused")


class FeishuUnreachable(FeishuError):
    """No usable answer after all retries; the call may or may not have taken effect."""

    _happened = Phrase("飞书没有回答", "Feishu did not answer")


class NotYet(PluginError):
    """Something is still on its way that the work needs; no fault, it is tried again in a moment."""
