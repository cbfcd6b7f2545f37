"""Names of files as strangers write them: those of archives, git trees and folders are made safe by the same rules."""

from reviewer.archives.names import SafePath, folded, reserved, safe_path, shown

__all__ = ["SafePath", "folded", "reserved", "safe_path", "shown"]
