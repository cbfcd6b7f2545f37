"""The main job on submissions that ship with the project: ``make demo``."""
