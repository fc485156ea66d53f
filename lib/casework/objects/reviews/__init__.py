"""The kinds of reviewing: look-backs, files, sheets, exemplars and their editions."""
