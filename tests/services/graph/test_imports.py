"""The service emits PyTorch source without PyTorch."""

import subprocess
import sys

CHECK = "import sys, services.graph.__main__; sys.exit('torch' in sys.modules)"


def test_service_does_not_import_torch() -> None:
    assert subprocess.run([sys.executable, "-c", CHECK], check=False).returncode == 0
