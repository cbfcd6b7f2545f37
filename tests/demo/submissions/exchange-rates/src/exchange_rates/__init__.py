"""Reference exchange rates for assistants."""
