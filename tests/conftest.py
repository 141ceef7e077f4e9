"""What all tests share: a PostgreSQL, the flag that rewrites golden files, and who is not measured."""

from collections.abc import Generator, Iterator

import pytest
from coverage import Coverage

from tests.postgres import PostgresServer, account, find_programs, running_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write golden files anew; review the diff")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long stories first: whichever worker ends first is then waited for seconds, not minutes."""
    items.sort(key=lambda item: not {"crash", "e2e"}.intersection(item.path.parts))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Searches through thousands of cases run at full speed: measuring them takes twice as long as they do.

    The lines they pass are those of the plain tests beside them, which are measured.
    """
    measuring = Coverage.current() if item.get_closest_marker("unmeasured") else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL server."""
    programs, user = find_programs(), account()
    if programs is None:
        pytest.skip("PostgreSQL's initdb and postgres are not installed (PATH, /usr/lib/postgresql/*/bin)")
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")
    with running_server(programs, user) as server:
        yield server
