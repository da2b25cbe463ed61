"""The tests. Folders mirror the source; `tests/soak` holds what takes too long for every change."""
