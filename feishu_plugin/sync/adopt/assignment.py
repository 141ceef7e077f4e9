"""The one-to-one assignment with the greatest sum of scores (the Hungarian method); pure."""

from collections.abc import Sequence

Scores = Sequence[Sequence[float]]


def assign(scores: Scores) -> list[int | None]:
    """For each row the column it gets; None where nothing, or nothing more than 0, is left for it.

    ``scores[row][column]`` of 0 means: never. The same scores always give the same answer.
    """
    width = len(scores[0]) if scores else 0
    # A free column of one's own for each row: being left alone costs nothing.
    costs = [[-score for score in row] + [0.0] * len(scores) for row in scores]
    chosen = _cheapest(costs)
    return [c if c < width and scores[row][c] > 0 else None for row, c in enumerate(chosen)]


def _cheapest(costs: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row with the least sum of costs; there are at least as many columns as rows.

    Rows enter one by one, each along the cheapest path of exchanges; ``over`` and ``under`` are
    the potentials that keep every reduced cost at 0 or more. Column 0 stands for "not yet".
    """
    width = len(costs[0]) if costs else 0
    over, under = [0.0] * (len(costs) + 1), [0.0] * (width + 1)
    owner = [0] * (width + 1)
    for row in range(1, len(costs) + 1):
        owner[0] = row
        came_from = _path(costs, over, under, owner)
        column = came_from.pop()
        while column:
            owner[column] = owner[came_from[column]]
            column = came_from[column]
    found = {row: column for column, row in enumerate(owner) if column and row}
    return [found[row] - 1 for row in range(1, len(costs) + 1)]


def _path(
    costs: Sequence[Sequence[float]], over: list[float], under: list[float], owner: list[int]
) -> list[int]:
    """Where each column was reached from, and last of all the free column where the path ends."""
    width = len(under) - 1
    least, came_from = [float("inf")] * (width + 1), [0] * (width + 1)
    done = [False] * (width + 1)
    column = 0
    while owner[column]:
        done[column], row = True, owner[column]
        for c in range(1, width + 1):
            cost = costs[row - 1][c - 1] - over[row] - under[c]
            if not done[c] and cost < least[c]:
                least[c], came_from[c] = cost, column
        near = min((c for c in range(1, width + 1) if not done[c]), key=lambda c: least[c])
        step = least[near]
        for c in range(width + 1):
            if done[c]:
                over[owner[c]] += step
                under[c] -= step
            else:
                least[c] -= step
        column = near
    return [*came_from, column]
