"""Make a release."""

import subprocess

subprocess.run(["pip", "install", "build==1.2.2"], check=True)
