"""Brings mail into being: the ways to mail server and mailbox, and the form that mails lead to."""

import logging
from collections.abc import Callable
from email.utils import parseaddr

from feishu_plugin.errors import FeishuError
from feishu_plugin.gateway.forms import public_form
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.mail import MailAccount, SmtpMailer
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.settings import Settings
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.postbox.box import Mailbox
from feishu_plugin.sync.structure.remembered import Remembered
from feishu_plugin.sync.survey_form import TABLE, VIEW, keep_form

log = logging.getLogger(__name__)


def mailer_for(settings: Settings, crossing: Callable[[str], None] | None = None) -> SmtpMailer | None:
    """The way to the mail server of the settings; None when they name none. Connects to nothing yet."""
    if not settings.smtp:
        return None
    host, port = settings.smtp_address
    account = MailAccount(
        host=host,
        port=port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        sender=(parseaddr(settings.mail_from)[0], address_in(settings.mail_from)),
        reply_to=address_in(settings.mail_reply_to),
        ca=settings.smtp_ca,
    )
    return SmtpMailer(account, crossing=crossing)


def mailbox_for(settings: Settings, app_token: str) -> Mailbox | None:
    """The mailbox whose letters become requirements of this base; connects to nothing yet."""
    account = settings.mailboxes.get(app_token)
    if account is None:
        return None
    # Loaded where it is wanted: commands that read no mail start faster.
    from feishu_plugin.gateway.mailbox import ImapMailbox

    return ImapMailbox(account)


def look_at_form(feishu: Feishu, desk: Desk) -> None:
    """Reads the public link of 满意度 where mails are sent; without it mails ask for an answer by mail."""
    table = desk.tables.binding.tables.get(TABLE)
    if desk.mailer is None or table is None:
        return
    name = next(view.zh for view in desk.schema.table(TABLE).views if view.key == VIEW)
    known = Remembered(desk.store, desk.app_token).known()
    view_id = next((id for id, path in known.items() if path == f"view:{TABLE}.{VIEW}"), "")
    try:
        url, titles = public_form(feishu, desk.app_token, table.table_id, view_id, name)
    except FeishuError as error:
        log.warning("the form %s cannot be read, mails go on with what is known of it: %s", name, error)
        return
    keep_form(desk, url, titles)
