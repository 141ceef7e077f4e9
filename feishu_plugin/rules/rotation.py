"""Whose turn it is: the fewest open requirements first, one after the other when equal. Pure."""

from collections.abc import Mapping, Sequence


def whose_turn(candidates: Sequence[str], loads: Mapping[str, int], turn: int) -> str:
    """The candidate with the fewest open requirements; among equals the rotation decides.

    ``turn`` counts from 1; whoever is in no ``loads`` has nothing to do.
    """
    start = (turn - 1) % len(candidates)
    in_turn = [*candidates[start:], *candidates[:start]]
    return min(in_turn, key=lambda person: loads.get(person, 0))


def load_text(names: Sequence[tuple[str, int]]) -> str:
    """``李雷 3、韩梅梅 0``: what managers read beside a routing rule; (name, open requirements)."""
    return "、".join(f"{name} {count}" for name, count in names)
