"""One folder per programming language: how tools are registered, and which calls mean which capability."""
