"""How the developer console is spoken of, by ``init`` and ``doctor`` alike."""

CONSOLE = "https://open.feishu.cn/app"
EVENTS = ("drive.file.bitable_record_changed_v1", "drive.file.bitable_field_changed_v1")
"""Events without which nothing is noticed; each in both identities."""
CALLBACKS = ("card.action.trigger",)
PUBLISH = (
    "版本管理与发布 → 创建版本 → 申请发布，企业管理员审核后生效 "
    "then publish a version; it counts once the tenant's administrator approved"
)
