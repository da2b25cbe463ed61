"""How fast mcsync is, side by side with small honest programs: `python -m tests.bench`, `make bench`.

One module per group of rows (`…_rows.py`); the floors they are held against are in `floors/`. Every program
that is measured runs in a process of its own, and so does whoever sends to it.
"""
