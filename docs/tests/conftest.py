"""What do these tests share? The site's extensions, devkit and what lies beside this file, importable."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs" / "_ext"), str(ROOT / "docs" / "tests"), str(ROOT / "scripts")]
