"""`python bench`: every comparison of this folder, one after the other, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("*.py")):
    if path.name != "__main__.py":
        print(f"== {path.stem}", flush=True)
        subprocess.run([sys.executable, str(path)], check=True)
