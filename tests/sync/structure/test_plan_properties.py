"""Any base to any schema: what apply leaves behind, for generated pairs of schemas and busy people.

``PLAN_EXAMPLES=5000 pytest tests/sync/structure/test_plan_properties.py`` looks further.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from feishu_plugin.gateway.http import Feishu
from tests.sync.structure.fake_extras import FakeIdentities
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.generated import RICH, Step, changed, schema_of, steps
from tests.sync.structure.people import Deed, deeds
from tests.sync.structure.proving import Ground, prove
from tests.sync.structure.sandbox_base import SandboxCells, base_of, new_base

pytestmark = pytest.mark.unmeasured

EXAMPLES = int(os.environ.get("PLAN_EXAMPLES", "300"))
"""How many pairs in memory; with the variable set they are other ones in every run."""
unhurried = settings(
    deadline=None,
    derandomize="PLAN_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},
)


@settings(unhurried, max_examples=EXAMPLES)
@given(first=steps(8), then=steps(6), done=deeds(5), forgets=st.booleans())
def test_nothing_is_lost_that_was_not_named_and_nothing_differs_afterwards(
    first: list[Step], then: list[Step], done: list[Deed], forgets: bool
) -> None:
    structure = FakeStructure()
    before = changed(RICH, first)
    after = changed(before, then)
    ground = Ground(base=structure.base, cells=structure.cells, forget=structure.identities.forget)
    event(prove(ground, schema_of(before), schema_of(after), done, forgets=forgets))


@settings(unhurried, max_examples=max(12, EXAMPLES // 50))
@given(
    first=steps(6),
    then=steps(6, least=3, but=["retarget link"]),
    done=deeds(4, least=2),
    forgets=st.booleans(),
)
def test_the_same_holds_over_http_with_cells_that_the_api_wrote(
    feishu: Feishu, first: list[Step], then: list[Step], done: list[Deed], forgets: bool
) -> None:
    structure = new_base(feishu)
    base = base_of(feishu, structure)
    assert isinstance(base.identities, FakeIdentities)
    before = changed(RICH, first)
    cells = SandboxCells(feishu, structure.app_token)
    ground = Ground(base=base, cells=cells, forget=base.identities.forget)
    event(prove(ground, schema_of(before), schema_of(changed(before, then)), done, forgets=forgets))
