"""What takes too long for every change. `python -m tests.soak` runs all of it and writes `docs/soak.md`."""
