"""The manual on screen."""
