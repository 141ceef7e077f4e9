"""One tick of the reminders: what is due and not told yet, as effects; sends nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Work
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.cards import Offers, Sent, cards_of
from feishu_plugin.reminders.digest import digest_identity, digests
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.notice import Directory, Link, Notice, news, no_link
from feishu_plugin.reminders.quiet import is_held, is_quiet, release
from feishu_plugin.reminders.relay import States, relayed
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.reminders.weekly import (
    EVENT,
    LATEST,
    Review,
    Weekly,
    day_identity,
    days_before,
    is_review_day,
    morning_of,
)


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
    """The cards and lines to store now; planning again after storing them gives none of them again.

    What falls into quiet time is planned when it is over, with the state of that moment.
    """
    circle = Circle(policy=policy, people=people, administrators=administrators)
    weekly = _weekly(work, circle, now, app_token, link)
    accepted = work.all_accepted(app_token, "requirement", policy.parameters.ended_statuses)
    states = weekly.passing(accepted) if weekly else accepted
    heard = partial(work.told, app_token)
    notices = [n for reminder in due(states, policy, circle, now, heard) for n in reminder.notices()]
    lines = relayed(work.lines(app_token, now), circle, _states_of(work, app_token), now)
    reviews = weekly.reviews(packaged) if weekly else {}
    everybody = {*(n.open_id for n in notices), *(p.effect.target for p in lines), *reviews}
    told = work.told(app_token, _identities(policy, notices, reviews, everybody, now))
    held, instant = _divided(policy, news(notices, told), told, now)
    elements, sent = Offers(policy, people, app_token), sent_today(work, policy, app_token, now)
    return [
        *cards_of(policy, instant, now, link, packaged=packaged, elements=elements, sent=sent),
        *digests(policy, held, now, told, link, base=app_token, lines=lines, reviews=reviews),
    ]


def _states_of(work: Work, app_token: str) -> States:
    return lambda record_ids: work.accepted(app_token, "requirement", record_ids)


def sent_today(work: Work, policy: Policy, app_token: str, now: datetime) -> Sent:
    """Asks the store how many cards people got on this local day, without the morning card."""
    day = policy.worktime.local_day(now)
    begin, end = policy.worktime.midnight(day), policy.worktime.midnight(day + timedelta(days=1))

    def sent(people: Collection[str]) -> Mapping[str, int]:
        mornings = [digest_identity(day, open_id) for open_id in people]
        return work.cards_between(app_token, people, begin, end, mornings)

    return sent


def _divided(
    policy: Policy, fresh: Iterable[Notice], told: AbstractSet[str], now: datetime
) -> tuple[list[Notice], list[Notice]]:
    """What the morning cards of this day tell, and what may go out by itself now."""
    day = policy.worktime.local_day(now)
    held: list[Notice] = []
    instant: list[Notice] = []
    for notice in fresh:
        is_out = digest_identity(day, notice.open_id) in told
        if notice.kind == "digest" or (is_held(policy, notice, now) and not is_out):
            held.append(notice)
        elif release(policy, notice, now) <= now:
            instant.append(notice)
    return held, instant


def _weekly(work: Work, circle: Circle, now: datetime, app_token: str, link: Link) -> Weekly | None:
    """What collects the lists of the week; None when this is not their morning."""
    policy = circle.policy
    day = policy.worktime.local_day(now)
    opens = morning_of(policy, now)
    if not rows_of(policy, EVENT) or not opens <= now < opens + LATEST or is_quiet(policy, now):
        return None
    days = {day_identity(past): past for past in days_before(day)}
    reviewed = {days[one] for one in work.told(app_token, list(days))}
    return Weekly(circle, now, link) if is_review_day(policy, day, reviewed) else None


def _identities(
    policy: Policy,
    notices: Iterable[Notice],
    reviews: Mapping[str, Review],
    people: Iterable[str],
    now: datetime,
) -> list[str]:
    """Everything of this tick that is told once."""
    day = policy.worktime.local_day(now)
    known = (one for n in notices for one in (n.identity, *n.unless))
    weeks = [day_identity(day), *(review.identity for review in reviews.values())] if reviews else []
    return [*dict.fromkeys(known), *weeks, *(digest_identity(day, p) for p in people)]
