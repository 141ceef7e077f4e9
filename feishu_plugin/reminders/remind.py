"""One tick of the reminders: what is due and not told yet, as effects; sends nothing."""

from collections.abc import Sequence
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Work
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.cards import Offers, cards_of
from feishu_plugin.reminders.digest import digest_identity, digests
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.notice import Directory, Link, Notice, no_link
from feishu_plugin.reminders.quiet import release


def plan_reminders(
    work: Work,
    policy: Policy,
    people: Directory,
    now: datetime,
    app_token: str,
    link: Link = no_link,
    *,
    administrators: Sequence[str] = (),
    packaged: Policy | None = None,
) -> list[Effect]:
    """The cards to store now; planning again after storing them gives none of them again.

    What falls into quiet time is planned when it is over, with the state of that moment.
    """
    circle = Circle(policy=policy, people=people, administrators=administrators)
    accepted = work.all_accepted(app_token, "requirement", policy.parameters.ended_statuses)
    notices = [n for reminder in due(accepted, policy, circle, now) for n in reminder.notices()]
    told = work.told(app_token, _identities(policy, notices, now))
    fresh = [notice for notice in notices if notice.is_news(told)]
    instant = [n for n in fresh if n.kind == "instant" and release(policy, n, now) <= now]
    morning = [n for n in fresh if n.kind == "digest"]
    return [
        *cards_of(policy, instant, now, link, packaged=packaged, elements=Offers(policy, people, app_token)),
        *digests(policy, morning, now, told, link, base=app_token),
    ]


def _identities(policy: Policy, notices: Sequence[Notice], now: datetime) -> list[str]:
    day = policy.worktime.local_day(now)
    people = dict.fromkeys(notice.open_id for notice in notices)
    known = (one for n in notices for one in (n.identity, *n.unless))
    return [*dict.fromkeys(known), *(digest_identity(day, open_id) for open_id in people)]
