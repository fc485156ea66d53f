"""Look-backs as the screens show them: lists, rates for the whole with their intervals, agreement, the report."""
