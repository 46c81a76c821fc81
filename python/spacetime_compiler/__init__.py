"""A source-to-source optimizer for Python."""
