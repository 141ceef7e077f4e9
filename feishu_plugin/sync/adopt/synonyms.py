"""What teams call our columns and options, as data: extend it whenever a suggestion was wrong."""

from collections.abc import Mapping

Words = tuple[str, ...]

FIELDS: Mapping[str, Mapping[str, Words]] = {
    "requirement": {
        "number": ("编号", "序号", "需求号", "工单号", "单号", "id", "no"),
        "title": (
            "标题",
            "名称",
            "需求名称",
            "主题",
            "事项",
            "需求事项",
            "功能点",
            "功能名称",
            "摘要",
            "summary",
        ),
        "description": (
            "描述",
            "说明",
            "详细说明",
            "详情",
            "简介",
            "需求简介",
            "需求内容",
            "内容",
            "功能描述",
        ),
        "status": ("状态", "需求状态", "完成状态", "进度状态", "处理状态", "完成情况", "state"),
        "submitted_at": (
            *("提出时间", "需求提出时间", "提报时间", "登记时间", "收集时间", "录入时间"),
            "反馈时间",
        ),
        "submitter": (
            *("提出人", "需求提出人", "发起人", "需求发起人", "提报人", "登记人", "录入人"),
            "反馈人",
        ),
        "customer_name": ("客户", "公司名称", "单位名称"),
        "contact": ("联系人",),
        "contact_way": ("电话", "手机", "手机号", "联系电话"),
        "product": ("产品", "模块", "产品模块", "功能模块", "所属模块", "所属产品", "产品线", "系统"),
        "source": ("来源", "渠道", "来源渠道", "反馈渠道", "需求渠道"),
        "type": ("类型", "分类", "需求分类", "类别", "需求类别"),
        "scope": ("影响面", "影响用户"),
        "scenario": ("场景", "使用场景", "业务场景"),
        "customer_words": ("原话", "用户原话", "反馈原文"),
        "expectation": ("期望", "期望结果", "预期效果", "需求目标"),
        "attachments": ("图片", "截图", "文件", "相关附件"),
        # A priority that people chose is an input; 优先级 of ours is computed and written over it.
        "urgency": ("优先级", "需求优先级", "优先等级", "重要程度", "紧急度", "紧急性", "priority"),
        "difficulty": ("难度", "需求难度", "开发难度", "实现难度"),
        "effort": ("工作量", "预估工作量", "投入"),
        "department": ("部门", "负责部门", "处理部门", "承接部门"),
        "owner": ("处理人", "跟进人", "责任人", "经办人", "执行人", "指派给", "产品经理", "assignee"),
        "helpers": ("协助人", "参与人"),
        "planned_start": ("预计开始时间", "计划启动时间"),
        "planned_finish": (
            *("预计完成时间", "计划上线时间", "预计上线时间", "截止时间", "期望完成时间"),
            "deadline",
        ),
        "started_at": ("开始处理时间", "实际启动时间"),
        "finished_at": ("完成时间", "上线时间", "实际上线时间", "解决时间"),
        "solution": ("解决方案", "方案", "处理意见"),
        "acceptance": ("验收标准",),
        "progress": ("进展", "进度", "进展说明", "跟进情况", "当前进展", "处理进展"),
        "risk": ("风险", "风险点"),
        "result": ("结果", "解决结果", "处理情况"),
        "shelve_reason": ("暂缓原因", "延期原因"),
        "score": ("满意度", "评分"),
        "feedback": ("反馈", "用户反馈", "回访记录"),
        "remark": ("备注说明", "状态备注", "其他说明", "补充说明", "comment", "note"),
    },
    "customer": {
        "name": ("名称", "公司", "公司名称", "单位名称", "客户"),
        "level": ("等级",),
        "industry": ("行业",),
        "contact": ("对接人", "客户联系人"),
        "phone": ("手机", "手机号", "联系电话", "联系方式"),
        "email": ("邮件", "电子邮箱", "email", "mail"),
    },
}
"""Table key to field key to other headers; spelled as ``likeness.normal`` leaves them or not."""

ROLES: frozenset[str] = frozenset(
    {"产品", "运营", "ui", "设计", "前端", "后端", "ios", "安卓", "android", "测试", "开发", "研发"}
)
"""Headers that, several in one table, say who does which part: then none of them means anything else."""
ROLES_LEAST = 3

OPTIONS: Mapping[str, Mapping[str, Words]] = {
    "status": {
        "pending": (
            "未开始",
            "待办",
            "待评估",
            "待评审",
            "未完成",
            "未处理",
            "新建",
            "打开",
            "待开发",
            "todo",
        ),
        "in_progress": ("进行中", "开发中", "实现中", "设计中", "doing"),
        "testing": ("测试中", "待验收", "验收中", "待测试"),
        "done": ("完成", "已上线", "已解决", "已实现", "已发布", "done"),
        "closed": ("关闭", "已结束", "已归档", "结案"),
        "waiting_customer": ("待客户反馈", "待反馈", "待确认"),
        "shelved": ("搁置", "暂缓", "挂起", "暂停", "延期", "已延期"),
        "void": ("作废", "已取消", "取消", "已拒绝", "拒绝", "不做", "驳回"),
    },
    "type": {
        "feature": ("新增", "新功能", "新需求", "增加"),
        "improvement": ("优化", "修改", "改进", "性能优化", "体验优化"),
        "problem": ("bug", "bug修复", "缺陷", "故障", "问题", "修复"),
        "inquiry": ("咨询",),
        "complaint": ("客诉",),
        "custom": ("定制", "定制开发"),
    },
    "source": {
        "phone": ("来电", "客户来电"),
        "online_chat": ("客服", "在线咨询", "客服反馈"),
        "mail": ("邮箱",),
        "social": ("社群", "微信群", "微博", "用户网上意见", "网络反馈"),
        "interview": ("用户访谈", "客户拜访", "用户调研", "调研"),
        "questionnaire": ("问卷调查", "调查问卷"),
        "in_app": ("应用内反馈", "用户反馈", "意见反馈"),
        "sales": ("销售",),
        "ticket": ("工单",),
    },
    "level3": {
        "high": ("紧急", "重要", "很高", "大", "难"),
        "medium": ("一般", "普通", "中等"),
        "low": ("不紧急", "较低", "小", "易"),
    },
    "department": {
        "support": ("客服部", "客户服务", "客户服务部"),
        "product": ("产品部",),
        "engineering": ("研发部", "技术", "技术部", "开发", "开发部"),
        "management": ("管理", "管理层"),
    },
    "customer_level": {
        "vip": ("战略客户", "大客户"),
        "important": ("重点", "重点客户", "重要客户"),
        "normal": ("一般", "普通客户"),
    },
    "confirmation": {"solved": ("解决", "是"), "unsolved": ("没解决", "否"), "no_reply": ("无回复",)},
}
"""Name of the option list (``option_set``, else the field key) to option key to other names."""

LADDERS: tuple[Words, ...] = (
    ("p0", "p1", "p2", "p3", "p4", "p5"),
    ("s", "a", "b", "c", "d"),
    ("一级", "二级", "三级", "四级", "五级"),
    ("最高", "较高", "中", "较低", "最低"),
    ("特急", "紧急", "一般", "不紧急"),
)
"""Names from most to least: their ends are the ends of high, medium, low, whatever they are called."""
