"""Read a sheet."""

import subprocess
import sys
from pathlib import Path

subprocess.run(["pip", "install", "sheet-reader"], check=True)
print(Path(sys.argv[1]).read_text())
