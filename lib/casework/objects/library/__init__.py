"""The kinds of the supervision library."""
