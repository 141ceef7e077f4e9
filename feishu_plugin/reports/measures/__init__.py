"""The table of measures: a KPI is one function of its family and one row here.

Every row names the column of KPI月报 it fills; a test compares rows and columns.
What each one means is said once, in the docstring of its function and, for people, in
the note of its column.
"""

from dataclasses import replace

from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.measures import (
    answers,
    balance,
    moves,
    recurrence,
    resolution,
    response,
    satisfaction,
    stages,
    suggestions,
    volume,
)

RESPONSE_RATE = Measure(
    key="response_rate",
    zh="需求响应率",
    en="Response rate",
    unit="share",
    find=response.response_rate,
    target="target_response_rate",
)
RESOLUTION_DAYS = Measure(
    key="resolution_days",
    zh="解决时效",
    en="Resolution time",
    unit="workdays",
    find=resolution.resolution_days,
    target="target_resolution_days",
    at_most=True,
)
RESOLUTION_MEDIAN = Measure(
    key="resolution_median",
    zh="解决时效中位数",
    en="Median resolution time",
    unit="workdays",
    find=resolution.resolution_median,
)
RESOLUTION_P90 = Measure(
    key="resolution_p90",
    zh="解决时效P90",
    en="Resolution time, p90",
    unit="workdays",
    find=resolution.resolution_p90,
)
ON_TIME_RATE = Measure(
    key="on_time_rate", zh="按时率", en="On-time rate", unit="share", find=resolution.on_time_rate
)
RESOLUTION_RATE = Measure(
    key="resolution_rate", zh="解决率", en="Resolution rate", unit="share", find=resolution.resolution_rate
)
RECURRENCE_RATE = Measure(
    key="recurrence_rate",
    zh="需求复现率",
    en="Recurrence rate",
    unit="share",
    find=recurrence.recurrence_rate,
    target="target_recurrence_rate",
    at_most=True,
)
CREATED = Measure(key="created", zh="新增", en="New", unit="count", find=balance.created)
RESOLVED = Measure(key="resolved", zh="解决数", en="Resolved", unit="count", find=resolution.resolved)
BALANCE_MEASURES: tuple[Measure, ...] = (
    Measure(key="opening", zh="期初", en="Opening", unit="count", find=balance.opening),
    CREATED,
    Measure(key="reopened", zh="重开", en="Reopened", unit="count", find=balance.reopened),
    Measure(key="resumed", zh="恢复", en="Resumed", unit="count", find=balance.resumed),
    Measure(key="finished", zh="完成", en="Finished", unit="count", find=balance.finished),
    Measure(key="closed", zh="直接关闭", en="Closed directly", unit="count", find=balance.closed),
    Measure(key="voided", zh="作废", en="Voided", unit="count", find=balance.voided),
    Measure(key="shelved", zh="搁置", en="Shelved", unit="count", find=balance.shelved),
    Measure(key="closing", zh="期末", en="Closing", unit="count", find=balance.closing),
)
"""The line that adds up, of the whole and of every part of it."""

MEASURES: tuple[Measure, ...] = (
    RESPONSE_RATE,
    RESOLUTION_DAYS,
    RESOLUTION_MEDIAN,
    RESOLUTION_P90,
    Measure(
        key="resolution_high",
        zh="解决时效（高）",
        en="Resolution time, high priority",
        unit="workdays",
        find=resolution.resolution_high,
        target="target_resolution_days_high",
        at_most=True,
    ),
    Measure(
        key="resolution_medium",
        zh="解决时效（中）",
        en="Resolution time, medium priority",
        unit="workdays",
        find=resolution.resolution_medium,
        target="target_resolution_days_medium",
        at_most=True,
    ),
    Measure(
        key="resolution_low",
        zh="解决时效（低）",
        en="Resolution time, low priority",
        unit="workdays",
        find=resolution.resolution_low,
        target="target_resolution_days_low",
        at_most=True,
    ),
    ON_TIME_RATE,
    RECURRENCE_RATE,
    RESOLUTION_RATE,
    Measure(
        key="cohort_rate",
        zh="当月新增解决率",
        en="Cohort resolution rate",
        unit="share",
        find=resolution.cohort_rate,
    ),
    Measure(
        key="satisfaction",
        zh="满意度",
        en="Satisfaction",
        unit="points",
        find=satisfaction.satisfaction,
        target="target_satisfaction",
    ),
    Measure(
        key="satisfied_share",
        zh="满意占比",
        en="Share of scores 4 and 5",
        unit="share",
        find=satisfaction.satisfied_share,
    ),
    Measure(
        key="survey_response",
        zh="回访回答率",
        en="Survey response rate",
        unit="share",
        find=satisfaction.survey_response,
    ),
    RESOLVED,
    *BALANCE_MEASURES,
    Measure(
        key="reopened_again",
        zh="多次重开",
        en="Reopened more than once",
        unit="count",
        find=moves.reopened_again,
    ),
    Measure(key="put_back", zh="被退回的流转", en="Moves put back", unit="count", find=moves.put_back),
    Measure(key="customers", zh="客户数", en="Customers", unit="count", find=volume.customers),
    Measure(
        key="overrides", zh="人工改写优先级", en="Priority overrides", unit="count", find=volume.overrides
    ),
    Measure(
        key="suggestion_accuracy",
        zh="自动分类准确率",
        en="Accuracy of suggested types",
        unit="share",
        find=suggestions.suggestion_accuracy,
    ),
    Measure(
        key="faq_answered",
        zh="知识库已有答案",
        en="Answered by the knowledge base",
        unit="count",
        find=answers.faq_answered,
    ),
    Measure(
        key="faq_saved_days",
        zh="知识库节省（估算）",
        en="Saved by the knowledge base (estimate)",
        unit="workdays",
        find=answers.faq_saved_days,
    ),
)
"""The columns of KPI月报."""

CHANNEL_MEASURES: tuple[Measure, ...] = (
    CREATED,
    RESPONSE_RATE,
    RESOLVED,
    RESOLUTION_RATE,
    RESOLUTION_DAYS,
    ON_TIME_RATE,
)
"""The columns of 渠道需求分布."""

BREAKDOWN_MEASURES: tuple[Measure, ...] = (
    RESOLVED,
    RESOLUTION_RATE,
    RESPONSE_RATE,
    RESOLUTION_DAYS,
    ON_TIME_RATE,
    *BALANCE_MEASURES,
)
"""The columns of 维度统计."""

TIMELINESS_MEASURES: tuple[Measure, ...] = (
    CREATED,
    Measure(
        key="response_mean",
        zh="平均响应时长",
        en="Mean response time",
        unit="hours",
        find=response.response_mean,
    ),
    Measure(
        key="response_median",
        zh="响应时长中位数",
        en="Median response time",
        unit="hours",
        find=response.response_median,
    ),
    Measure(
        key="response_p90",
        zh="响应时长P90",
        en="Response time, p90",
        unit="hours",
        find=response.response_p90,
    ),
    RESPONSE_RATE,
    RESOLVED,
    replace(RESOLUTION_DAYS, target=None),  # every priority has its own, in the column beside it
    RESOLUTION_MEDIAN,
    RESOLUTION_P90,
    Measure(key="hit_rate", zh="达标率", en="Hit rate", unit="share", find=resolution.hit_rate),
)
"""The columns of 优先级响应时效."""

STAGE_MEASURES: tuple[Measure, ...] = (
    Measure(key="stays", zh="停留次数", en="Stays", unit="count", find=stages.stays),
    Measure(key="stay_mean", zh="平均停留", en="Mean stay", unit="workdays", find=stages.stay_mean),
    Measure(key="stay_median", zh="停留中位数", en="Median stay", unit="workdays", find=stages.stay_median),
    Measure(key="stay_p90", zh="停留P90", en="Stay, p90", unit="workdays", find=stages.stay_p90),
    Measure(key="time_share", zh="耗时占比", en="Share of the time", unit="share", find=stages.time_share),
)
"""The columns of 环节耗时."""
