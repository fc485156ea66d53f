"""Look-backs: lists, one of them from draw to report, a drawn file, one's own sheet."""
