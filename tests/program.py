"""Run the program as a person does, but in this process: words in, exit code and both outputs back."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reviewer.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read stdout as one JSON document."""
        return json.loads(self.out)


def run(*words: str, home: Path | None = None) -> Ran:
    """Run ``reviewer`` with these words."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["reviewer", *(("--home", str(home)) if home else ()), *words]
    code = 0
    with patch.object(sys, "argv", argv), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code=code, out=out.getvalue(), err=err.getvalue())
