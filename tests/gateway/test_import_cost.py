"""What must not be paid by commands that never open the long connection."""

import subprocess
import sys
from pathlib import Path

import feishu_plugin.gateway

MODULES = sorted(path.stem for path in Path(feishu_plugin.gateway.__path__[0]).glob("*.py"))


def test_no_module_imports_lark_oapi_by_itself() -> None:
    imports = "; ".join(f"import feishu_plugin.gateway.{name}" for name in MODULES if name != "__init__")
    asked = f"{imports}; import sys; print('lark_oapi' in sys.modules)"
    root = Path(__file__).parents[2]
    told = subprocess.run([sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True)

    assert len(MODULES) > 10
    assert told.stdout.strip() == "False"
