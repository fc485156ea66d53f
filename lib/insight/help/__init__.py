"""The manual: chapters by hand, and the dictionary of what the figures, models, indicators and deadlines mean."""
