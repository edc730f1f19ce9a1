"""Waiting for a condition, never for a time."""

import time


def wait_for(what, condition, timeout=30, interval=0.2):
    """Return the first true value of a condition.

    :param str what: what is waited for, for the sentence of the failure
    :param condition: a function without arguments
    :param timeout: seconds
    """
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(interval)
