"""Any base to any schema: what apply leaves behind, for generated pairs of schemas and busy people."""

import os

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.generated import RICH, Step, changed, schema_of, steps
from tests.sync.structure.people import Deed, deeds
from tests.sync.structure.proving import Ground, prove

EXAMPLES = int(os.environ.get("PLAN_EXAMPLES", "300"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PLAN_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},
)
@given(first=steps(8), then=steps(6), done=deeds(5), forgets=st.booleans())
def test_nothing_is_lost_that_was_not_named_and_nothing_differs_afterwards(
    first: list[Step], then: list[Step], done: list[Deed], forgets: bool
) -> None:
    structure = FakeStructure()
    before = changed(RICH, first)
    after = changed(before, then)
    ground = Ground(base=structure.base, cells=structure.cells, forget=structure.identities.forget)
    event(prove(ground, schema_of(before), schema_of(after), done, forgets=forgets))
