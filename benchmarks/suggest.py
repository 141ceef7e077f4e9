"""How often the suggested type is the one that the writers declared, on real texts.

``python -m benchmarks.suggest [--data DIR] [--json]``. Five folds; texts that are nearly the same
are in one fold. What learns and what suggests is the code of the service. The texts have the words
removed that name their type; they are not part of the project.
"""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import fmean
from time import perf_counter, process_time

from benchmarks.figures import Json, options, show
from benchmarks.real_rows import FOLDER
from feishu_plugin.app.training import Lesson, learn, near_duplicates
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.rules.suggestion import Suggest, Suggestion, by_words
from feishu_plugin.schema import load

TYPES = "zh_request_types.csv.gz"
NOW = datetime(2026, 9, 1, tzinfo=UTC)
MEANT = {"咨询": "inquiry", "投诉": "complaint", "建议": "suggestion", "求助": "problem"}
"""What the writers called it, as a 需求类型."""
_FOLDS = 5
_SIZES = (100, 300, 1000)
_FEW = 5
"""Rows of a type for the learning curve: of a hundred rows the rarest type has a dozen."""
_CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.9)

Fold = tuple[list[int], list[int]]
Said = list[tuple[str, Suggestion | None]]
"""What is right, and what was suggested."""


def main() -> None:
    """Measures and prints."""
    parser = options("type suggestion on real texts")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the real texts")
    chosen = parser.parse_args()
    if not (chosen.data / TYPES).exists():
        print(f"nothing to do: {TYPES} not found; name the folder with --data DIR")
        return
    lessons = lessons_of(chosen.data / TYPES)
    found = {"what it takes": [cost(lessons)], **measure(lessons)}
    show(found, {title: found[title] for title in found if found[title]}, as_json=chosen.json)


def cost(lessons: Sequence[Lesson]) -> Json:
    """Of learning from all rows and of applying it, whatever else the machine does."""
    begin = process_time()
    trial = learn(lessons, _FEW, NOW)
    seconds = process_time() - begin
    if trial is None:
        return {}
    begin = process_time()
    for lesson in lessons:
        trial.learned(lesson.text)
    return {
        "rows": len(lessons),
        "learning, cpu s": round(seconds, 1),
        "peak memory, MB": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
        "stored, kB": round(len(json.dumps(trial.learned.to_json())) / 1000),
        "a suggestion, cpu ms": round((process_time() - begin) / len(lessons) * 1000, 2),
    }


def lessons_of(file: Path) -> list[Lesson]:
    """The texts as a row tells them: what stands before the first space is the title."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [Lesson(text=row["text_masked"].replace(" ", "\n", 1), option=MEANT[row["label"]]) for row in rows]


def measure(lessons: Sequence[Lesson], sizes: Sequence[int] = _SIZES) -> Json:
    """Tables by title; every row that is suggested for was not learned from."""
    parameters = packaged_policy(load()).parameters
    groups = near_duplicates([lesson.text for lesson in lessons])
    folds = folds_of(lessons, groups)
    rows, said = _folds(lessons, folds, int(parameters.learn_rows))
    by_policy = [(one.option, by_words(parameters.type_words, one.text)) for one in lessons]
    return {
        f"accuracy, {len(lessons)} texts in {len(set(groups))} groups": rows,
        f"at a confidence; live {parameters.suggest_confidence:g}": [_at(said, c) for c in _CONFIDENCES],
        "the words of the policy alone": [_at(by_policy, parameters.suggest_confidence)],
        "learning curve": [_curve(lessons, folds, size) for size in sizes],
    }


def folds_of(lessons: Sequence[Lesson], groups: Sequence[int]) -> list[Fold]:
    """(learned from, asked) of each fold; groups stay together, types are spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    labels = [lesson.option for lesson in lessons]
    cut = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0).split(labels, labels, groups)
    return [(list(others), list(held)) for others, held in cut]


def _folds(lessons: Sequence[Lesson], folds: Sequence[Fold], minimum: int) -> tuple[list[Json], Said]:
    rows: list[Json] = []
    said: Said = []
    for number, (others, held) in enumerate(folds, 1):
        begin = perf_counter()
        asked = _asked(lessons, others, held, minimum)
        rows.append(
            {
                "fold": str(number),
                "learned from": len(others),
                "asked": len(held),
                "accuracy": round(_right(asked), 4),
                "seconds": round(perf_counter() - begin, 1),
            }
        )
        said += asked
    mean = {key: round(fmean(row[key] for row in rows), 4) for key in list(rows[0])[1:]}
    return [*rows, {"fold": "mean", **mean}], said


def _curve(lessons: Sequence[Lesson], folds: Sequence[Fold], size: int) -> Json:
    some = [(Random(size).sample(others, min(size, len(others))), held) for others, held in folds]
    found = [_right(_asked(lessons, others, held, _FEW)) for others, held in some]
    return {
        "rows learned from": size,
        "accuracy": round(fmean(found), 4),
        "worst fold": round(min(found), 4),
        "best fold": round(max(found), 4),
    }


def _asked(lessons: Sequence[Lesson], others: Sequence[int], held: Sequence[int], minimum: int) -> Said:
    trial = learn([lessons[n] for n in others], minimum, NOW)
    machine: Suggest = trial.learned if trial else lambda text: None
    return [(lessons[n].option, machine(lessons[n].text)) for n in held]


def _right(said: Said) -> float:
    return fmean(found is not None and found.option == option for option, found in said)


def _at(said: Said, confidence: float) -> Json:
    """Precision and coverage where only what is sure enough is filled."""
    filled = [(option, found.option) for option, found in said if found and found.confidence >= confidence]
    right = Counter(option for option, found in filled if option == found)
    made = Counter(found for _, found in filled)
    shares = {
        option: round(right[option] / made[option], 3) if made[option] else 0.0 for option in MEANT.values()
    }
    return {
        "confidence": confidence,
        "coverage": round(len(filled) / len(said), 3),
        "precision": round(sum(right.values()) / max(len(filled), 1), 3),
        **shares,
    }


if __name__ == "__main__":
    main()
