"""One disturbed play and what it came to, beside the play that nobody disturbed."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from benchmarks.chaos import watch
from benchmarks.chaos.outcome import Difference, Outcome, difference, outcome
from benchmarks.chaos.play import Around, perform
from benchmarks.chaos.scene import Scene, scene

Prepare = Callable[[Scene], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The undisturbed play."""

    outcome: Outcome
    crossings: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was done to the service in one play, and what was different afterwards."""

    what: str
    times: int
    """How often it was done."""
    difference: Difference
    repeated_mails: int = 0
    """Mails that came twice with one Message-ID, after a kill between the server's yes and our note."""
    restarts: int = 0
    seconds: float = 0.0

    @property
    def row(self) -> dict[str, object]:
        """One line of the table."""
        found = self.difference
        return {
            "what": self.what,
            "times": self.times,
            "restarts": self.restarts,
            "lost": len(found.lost),
            "doubled": len(found.doubled),
            "unexpected": len(found.unexpected),
            "mails repeated": self.repeated_mails,
            "seconds": round(self.seconds),
        }

    @property
    def is_good(self) -> bool:
        """True when nothing was lost, doubled or unexpected."""
        return self.difference.is_none


def plain(number: int, step: Callable[[], None]) -> None:
    """Performs the step; nothing else happens."""
    step()


def reference() -> Reference:
    """Plays without disturbing anybody."""
    with scene() as found:
        perform(found)
        return Reference(outcome=outcome(found), crossings=Counter(watch.crossed(found.folder)))


def tried(
    wanted: Reference,
    what: str,
    around: Callable[[Scene], Around] = lambda scene: plain,
    *,
    kills: watch.Plan | None = None,
    times: int = 0,
    settings: Mapping[str, str] | None = None,
    database: AbstractContextManager[object] | None = None,
    prepare: Prepare = lambda scene: None,
    late: bool = False,
) -> Trial:
    """Plays with what ``around`` does to the service, or with these ``kills``, and compares.

    ``late``: something may be told later than in the undisturbed play (a call that failed is
    repeated a minute later), so the times of sending are left out.
    """
    began = monotonic()
    with database or nullcontext(), scene(settings) as found:
        prepare(found)
        watch.plan(found.folder, kills or {})
        perform(found, around(found))
        return _judged(wanted, what, found, watch.reached(found.folder) or times, began, late=late)


def _judged(wanted: Reference, what: str, found: Scene, times: int, began: float, *, late: bool) -> Trial:
    differs = difference(wanted.outcome, outcome(found), timeless=late)
    repeated = tuple(one for one in differs.doubled if one.startswith("mails: "))
    deaths = found.lives().count(-9)
    excused = repeated if len(repeated) <= deaths else ()
    doubled = tuple(one for one in differs.doubled if one not in excused)
    return Trial(
        what=what,
        times=times,
        difference=Difference(lost=differs.lost, doubled=doubled, unexpected=differs.unexpected),
        repeated_mails=len(excused),
        restarts=len(found.lives()),
        seconds=monotonic() - began,
    )


def log_of(folder: Path) -> str:
    """What the service said."""
    return (folder / "serve.log").read_text(encoding="utf-8")
