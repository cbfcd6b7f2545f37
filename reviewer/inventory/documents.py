"""The documents of a submission are read as those of acquire are, by ``reviewer.documents``."""

from reviewer.documents import (
    DEPTH,
    YAML_LENGTH,
    YAML_NODES,
    Document,
    line_of,
    read_json,
    read_toml,
    read_yaml,
    strings,
    text_or_none,
    too_deep,
)

__all__ = [
    "DEPTH",
    "YAML_LENGTH",
    "YAML_NODES",
    "Document",
    "line_of",
    "read_json",
    "read_toml",
    "read_yaml",
    "strings",
    "text_or_none",
    "too_deep",
]
