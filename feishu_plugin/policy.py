"""The team's rules as values: what the policy tables say, once every row has been checked.

Pure. A policy is compiled from rows (typed records of the policy tables, or the packaged
file); rows that make no sense are named with a reason in plain words and leave no policy,
so that the caller keeps the last good one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from feishu_plugin.records import Person
from feishu_plugin.worktime import Span, WorkTime

Mode = Literal["enforce", "observe", "off"]
ChartKind = Literal["none", "column", "pie", "line"]
Matrix = Mapping[tuple[str, str], int]
"""(影响范围, 紧急程度) to a level from 1 to 5."""
WordLists = Mapping[str, tuple[str, ...]]
"""Option to the words that speak for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``field = one of values`` (or not), ``field ≥ number``, or ``field`` is empty (or not)."""

    field: str
    values: tuple[str, ...] = ()
    negate: bool = False
    compare: Literal["is", "≥", "≤", "empty"] = "is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A row of 流转规则. Several rows of one edge are alternatives."""

    from_status: str
    to_status: str
    types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """open_ids; with ``roles`` everybody who may make the move, both empty: anybody."""
    required: tuple[str, ...] = ()
    mode: Mode = "enforce"
    effects: tuple[str, ...] = ()
    after_days: float = 0
    """Workdays the record must have stayed in ``from_status``."""
    automatic: bool = False
    """The plugin makes the move itself when ``after_days`` have passed; without such days,
    when an edit makes the conditions hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A row of 时限规则; None means no limit. Days are workdays."""

    type_class: Literal["service", "development"]
    priority: str
    response_hours: float | None = None
    """Plain hours."""
    response_days: float | None = None
    start_days: float | None = None
    resolve_days: float | None = None
    progress_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row of 分派规则; empty criteria match everything; the lowest ``order`` wins."""

    order: float
    department: str
    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    """Names of products, in small letters."""
    customer_levels: tuple[str, ...] = ()
    co_departments: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A row of 作息日历 that says who is away: from the first to the last day, both included."""

    people: tuple[str, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row of 通知模板: one notice in one language."""

    event: str
    audience: tuple[str, ...]
    """owner, submitter, editor, manager, head, administrator, customer."""
    kind: Literal["instant", "digest"]
    language: Literal["zh", "en"]
    title: str
    body: str
    channel: Literal["feishu", "mail"] = "feishu"
    after_days: float | None = None
    """Workdays after a breach at which its audience is told; None: as the parameters say."""
    people: tuple[str, ...] = ()
    """open_ids: the wording of these people alone; it makes nobody a receiver and switches nothing on."""
    row_id: str = field(default="", compare=False)
    """Where it came from, so that a problem can be written into its own row."""
    name: str = field(default="", compare=False)
    """What people call the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A row of 报表定义: one more table of the report. A bad one stops nobody; it says so itself."""

    name: str
    dimension: str
    """Key of a field of 需求台账, ``submitted_month`` or ``submitted_weekday``."""
    measure: str
    """As people wrote it: only the reports know the measures."""
    conditions: tuple[Condition, ...] = ()
    """Of the requirements that count: as they are now."""
    chart: ChartKind = "none"
    problems: tuple[str, ...] = ()
    """What is wrong with the row by itself, in words."""
    row_id: str = field(default="", compare=False)
    """Where it came from, so that a problem can be written into its own row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Rows of 参数设置 (key, value); packaged values stand in for deleted rows."""

    initial_status: str
    paused_statuses: tuple[str, ...]
    finished_statuses: tuple[str, ...]
    """The work is done (已完成, 已关闭)."""
    ended_statuses: tuple[str, ...]
    """Nobody is expected to act any more (已关闭, 已作废)."""
    service_types: tuple[str, ...]
    manager_departments: tuple[str, ...]
    weight_customer_value: float
    weight_business_value: float
    weight_scope: float
    scope_single: float
    scope_multiple: float
    scope_all: float
    vip_bonus: float
    important_from: float
    urgent_within_days: float
    urgency_high: float
    urgency_medium: float
    urgency_low: float
    score_importance: float
    score_urgency: float
    score_ease: float
    age_points: float
    age_full_days: float
    similar_from: float
    intake_required: tuple[str, ...]
    """Keys of fields that a new requirement should have."""
    intake_minutes: float
    """How long people get to fill them before they are asked."""
    vague_words: tuple[str, ...]
    vague_min_length: float
    vague_detail_length: float
    """So many characters besides the vague words make a text clear."""
    similar_within_days: float
    similar_score: float
    """From this share of common text (0-1) on, requirements are called alike."""
    add_customers: float
    """1: a name that 客户档案 does not know is added to it; 0: people add customers themselves."""
    similar_days: float
    """Ended requirements count as recent for so many days."""
    faq_from: float
    """A question that came so often is worth a draft for 知识库; 0: no drafts."""
    faq_within_days: float
    """Only requirements of so many plain days are counted."""
    type_words: WordLists
    urgency_words: WordLists
    suggest_confidence: float
    """From this confidence (0-1) on, an empty type or urgency is filled; 0: never."""
    learn_rows: float
    """So many rows of each type, with a type from people, are needed to learn from; 0: nothing is learned."""
    neutral_value: float
    level_thresholds: tuple[float, ...]
    """Scores from which levels 2, 3, 4, 5 begin."""
    urgent_important_level: float
    priority_matrix: Matrix
    """What decides the level where it has a cell, whatever the score; empty: the score decides."""
    unassigned_hours: float
    triage_days: float
    """Workdays after submission by which ``triage_fields`` are to be filled."""
    triage_fields: tuple[str, ...]
    soon_days: float
    """A due time this many workdays ahead is 将到期."""
    waiting_statuses: tuple[str, ...]
    """The customer is to do something."""
    waiting_days: float
    follow_up_statuses: tuple[str, ...]
    """Not doable now, to be looked at again."""
    follow_up_days: float
    confirm_days: float
    """Workdays after a finish in which the customer's confirmation is awaited silently."""
    low_score: float
    """A customer who gives this much or less is not content."""
    calendar_days: float
    """So many days before the statutory calendar ends the administrator hears of it."""
    manager_after_days: float
    head_after_days: float
    digest_at: time
    report_at: time
    """When the month's report is written on the 1st."""
    restate_months: float
    """So many closed months before are computed again with it."""
    archive_after_days: float
    """Plain days after its end until a requirement moves to the archive; 0: never."""
    archive_batch: float
    """At most so many of them a day."""
    archive_every_days: float
    """Fewer than a batch wait so long for others: a run reads every table that links requirements."""
    quiet_from: time
    quiet_until: time
    working_hours: tuple[Span, ...]
    most_cards: float
    """Instant cards a person may get on a day; more become lines of the next morning card."""
    mail_delay_minutes: float
    """How long a mail to a customer waits, so that a slip can be taken back."""
    mail_received_days: float
    """Older requirements (imports) get no receipt."""
    mail_progress_priorities: tuple[str, ...]
    """Priorities whose customers hear that work began."""
    survey_days: float
    """Days after closing until the customer is asked how it went."""
    many_rows: float
    """From this many records at once, one summary replaces single cards."""
    grace_seconds: float
    breaker_corrections: float
    breaker_minutes: float
    response_within_hours: float
    target_response_rate: float
    target_resolution_days: float
    target_resolution_days_high: float
    target_resolution_days_medium: float
    target_resolution_days_low: float
    target_recurrence_rate: float
    recurrence_days: float
    target_satisfaction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field of 需求台账 as a card can ask for it."""

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    """Option key to what people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One consistent set of rules; every verdict names its ``version``."""

    moves: tuple[Move, ...]
    limits: tuple[Limit, ...]
    routes: tuple[Route, ...]
    templates: tuple[Template, ...]
    parameters: Parameters
    worktime: WorkTime
    leaves: tuple[Leave, ...] = ()
    definitions: tuple[Definition, ...] = ()
    """Of custom reports, bad ones too."""
    version: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """``field`` and ``field.option`` of 需求台账 to what people read."""

    rule_fields: tuple[str, ...] = ()
    """Fields of 需求台账 that only the plugin fills."""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    """Fields of 需求台账 by key."""
    worked_out: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What rules found under this policy and need not find again; whoever fills it keeps it small."""

    def label(self, field: str, option: str | None = None) -> str:
        """What people read for a field or one of its options; the key when unknown."""
        return self.labels.get(f"{field}.{option}" if option else field, option or field)

    def is_service(self, type_key: str) -> bool:
        """True for types whose limits are those of service requests."""
        return type_key in self.parameters.service_types

    def limit(self, type_key: str, priority: str) -> Limit | None:
        """The time limits of a requirement type at a priority (or urgency)."""
        wanted = "service" if self.is_service(type_key) else "development"
        return next((r for r in self.limits if (r.type_class, r.priority) == (wanted, priority)), None)

    def manages(self, person: Person) -> bool:
        """True for a member of a managing department and for everybody named as manager."""
        departments = set(person.departments) & set(self.parameters.manager_departments)
        return bool(departments) or person.open_id in self.managers()

    def is_away(self, open_id: str, at: datetime) -> bool:
        """True when the team's calendar says that this person is on leave that day."""
        day = at.astimezone(self.worktime.zone).date()
        return any(open_id in leave.people and leave.first <= day <= leave.last for leave in self.leaves)

    def managers(self) -> tuple[str, ...]:
        """Everybody the routing rules name as manager, once, in order."""
        return tuple(dict.fromkeys(person for route in self.routes for person in route.managers))


def version_of(rows: Mapping[str, Any]) -> str:
    """A short name for exactly this content: the same rows give the same version."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, default=str)
    # People do paste half an emoji.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
