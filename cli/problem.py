"""Errors that a person can do something about."""


class Problem(Exception):
    """One sentence: what is wrong and what to do."""
