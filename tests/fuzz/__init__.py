"""The whole HTTP interface under requests that nobody would write.

``python -m tests.fuzz --cases 10000 --seed 1`` makes a long run and prints a table.
"""
