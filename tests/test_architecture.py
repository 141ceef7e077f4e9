"""What the house agreed on and no linter checks: sizes, docstrings, honest tests, a light command line."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "feishu_plugin").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (*PACKAGE, *TESTS)}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(TREES[path]) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{name.name}" for name in node.names]
    return []


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{name(p)}:{f.lineno} {f.name}: {length(f)}" for p in PACKAGE for f in functions(p) if length(f) > 50
    ]

    assert long == []


def test_functions_are_short() -> None:
    lengths = sorted(length(f) for path in PACKAGE for f in functions(path))

    assert len(lengths) > 1000, "the measure itself must see the package"
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.95)] <= 30


def test_no_file_is_longer_than_350_lines() -> None:
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE}

    assert {path: lines for path, lines in sizes.items() if lines > 350} == {}


def test_every_module_says_what_it_is() -> None:
    assert [name(path) for path in PACKAGE if not ast.get_docstring(TREES[path])] == []


def test_tests_replace_nothing_behind_the_backs_of_our_own_code() -> None:
    patching = [
        name(path)
        for path in TESTS
        for node in ast.walk(TREES[path])
        if any(
            found.startswith(("unittest.mock", "mock.")) or found == "unittest" for found in imported(node)
        )
    ]

    assert patching == []


def test_the_feishu_sdk_is_imported_only_inside_functions_of_the_gateway() -> None:
    inside = {
        id(inner)
        for path in PACKAGE
        if "gateway" in path.parts
        for function in functions(path)
        for inner in ast.walk(function)
    }
    elsewhere = [
        f"{name(path)}:{node.lineno}"
        for path in PACKAGE
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Import | ast.ImportFrom)
        if any(found.split(".")[0] == "lark_oapi" for found in imported(node)) and id(node) not in inside
    ]

    assert elsewhere == []


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), (["plan", "--offline"], 2), (["plan", "--help"], 0)]
)
def test_looking_costs_no_heavy_import(arguments: list[str], code: int, tmp_path: Path) -> None:
    """The SDK costs seconds and 170 MB, the store and HTTP a good part of the start."""
    program = (
        "import sys\n"
        "from feishu_plugin.cli import cli\n"
        "try:\n"
        f"    cli({arguments!r})\n"
        "except SystemExit as left:\n"
        "    found = {'lark_oapi', 'sqlalchemy', 'requests', 'starlette', 'uvicorn', 'prometheus_client'}\n"
        "    heavy = found & set(sys.modules)\n"
        "    sys.stderr.write(f'{left.code} {sorted(heavy)}')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )

    assert done.stderr == f"{code} []"
    assert done.stdout
