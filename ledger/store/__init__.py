"""The log on disk: entries, their tags and leaves, checkpoints and keys. Knows entries, never a session."""
