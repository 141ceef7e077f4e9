"""What a reply says of a finished requirement: solved or not, a score; pure.

Only short plain answers count. A sentence that merely holds one of the words says nothing, as a
requirement must not be closed or opened again by a misunderstanding.
"""

import re

from feishu_plugin.records import Value

_LINES, _LONGEST = 6, 30
_NOT = re.compile(
    r"^(?:问题)?(?:仍然|仍|还|依然|依旧|并|尚)?(?:没有|没|未)(?:能|有)?(?:得到)?解决|^(?:还是|依然|仍然)不行"
    r"|^(?:it(?:'s| is)? )?(?:still )?(?:not (?:yet )?(?:solved|resolved|fixed)|unsolved|unresolved)"
    r"|^still (?:broken|not working)",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^(?:问题|都|确认)?(?:已经|已|都)?(?:得到)?(?:解决了|解决)(?:$|[,，。.!！；;\s谢感])|^(?:已经|已)解决"
    r"|^(?:it(?:'s| is| has been)? |yes,? )?(?:now )?(?:solved|resolved|fixed)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(r"[?？吗]|如果|是否|等.{0,6}再|\bif\b|\bwhen\b", re.IGNORECASE)
_SCORE = re.compile(
    r"^(?:(?:我的|服务)?(?:评分|打分|满意度(?:评分)?|评价|score|rating)\s*(?:是|为|is)?\s*[:：=]?\s*([1-5])(?:\s*(?:分|星|/\s*5))?"
    r"|([1-5])\s*(?:分|星|stars?|/\s*5|points?)|([1-5]))\s*[。.!！]*$",
    re.IGNORECASE,
)
_STARS = re.compile(r"^(★{1,5})☆{0,4}$")


def answer_in(text: str) -> dict[str, Value]:
    """``confirmation`` (solved, unsolved) and ``score`` (1.0 to 5.0) as far as the text tells them."""
    said: dict[str, Value] = {}
    for line in [one.strip() for one in text.split("\n") if one.strip()][:_LINES]:
        for clause in re.split(r"[,，;；。]\s*", line) if len(line) <= 2 * _LONGEST else ():
            _take(clause.strip(), line, said)
    return said


def _take(clause: str, line: str, said: dict[str, Value]) -> None:
    if not clause or len(clause) > _LONGEST or _DOUBT.search(line):
        return
    if _NOT.match(clause):
        said["confirmation"] = "unsolved"
    elif _YES.match(clause):
        said.setdefault("confirmation", "solved")
    elif (score := _score(clause)) is not None:
        said.setdefault("score", score)


def _score(clause: str) -> float | None:
    if found := _SCORE.match(clause):
        return float(next(one for one in found.groups() if one))
    stars = _STARS.match(clause)
    return float(len(stars[1])) if stars else None
