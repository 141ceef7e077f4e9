"""The life of a program that calls Feishu: it may end at a chosen changing call."""


class Killed(BaseException):
    """The process ends here."""


class Life:
    """``calls`` lists the changing calls that took effect, in order.

    ``dies_at`` (from 1) is the call at which the program ends: after it took effect, unheard,
    or with ``before`` just before it takes effect.
    """

    def __init__(self, dies_at: int = 0, *, before: bool = False) -> None:
        self.calls: list[str] = []
        self.dies_at, self.before = dies_at, before

    def begins(self) -> None:
        """A changing call was accepted and is about to take effect."""
        if self.before and len(self.calls) + 1 == self.dies_at:
            self.dies_at = 0
            raise Killed

    def ends(self, call: str) -> None:
        """A changing call took effect."""
        self.calls.append(call)
        if not self.before and len(self.calls) == self.dies_at:
            raise Killed
