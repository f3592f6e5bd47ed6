"""What every test shares: generated examples are the same in every run, so that a red run is red again.

A search for new ones is asked for by name: `scripts/test --hypothesis-profile=search`.
"""

import signal

from hypothesis import settings

settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False, print_blob=True)
settings.load_profile("steady")

# A shell's background job ignores Ctrl-C, and so would every program that a test starts from it and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
