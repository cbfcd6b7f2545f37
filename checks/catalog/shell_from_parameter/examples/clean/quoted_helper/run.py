import shlex
import subprocess


def run(path: str) -> str:
    return subprocess.check_output("wc -l " + shlex.quote(path), shell=True, text=True)
