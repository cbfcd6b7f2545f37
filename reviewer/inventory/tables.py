"""The tables of inventory are read as all of ours are, by ``reviewer.tables``."""

from reviewer.tables import load_table

__all__ = ["load_table"]
