"""Where hostile bytes are parsed: children that can reach nothing, and parents that believe little."""

from reviewer.sandbox.reader import SandboxedReader
from reviewer.sandbox.semgrep import SandboxedSemgrep

__all__ = ["SandboxedReader", "SandboxedSemgrep"]
