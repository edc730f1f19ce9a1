"""What a person sees: each step, and how long it took."""

import sys
import time
from contextlib import contextmanager


def say(text=""):
    """Print a line at once, also when the output is a file or a pipe."""
    print(text, flush=True)


@contextmanager
def step(title):
    """Say what is being done, and how long it took when it is finished."""
    sys.stdout.write(f"  {title} ... ")
    sys.stdout.flush()
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say("not finished")
        raise
    say(f"{time.monotonic() - started:.1f} s")


def heading(title):
    """Start a part of a long output."""
    say()
    say(f"== {title} ".ljust(78, "="))
