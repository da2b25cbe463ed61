"""Labelled cases for the diagnosis: pasted text and what is known around it, and the cause it really had.

The cases are TOML files in this folder, one table `[[case]]` each; `cases.py` tells their keys. The confusion
matrix is printed by `python -m tests.corpus`.
"""
