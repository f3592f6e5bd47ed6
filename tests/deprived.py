"""Runs the program where something is taken from it: `python -m tests.deprived WHAT ARGUMENT…`.

`unprivileged`: modes of files and directories hold for it, also where the tests run as root, whom they do not bind.
`no-room`: no file may grow over 20 kB, so that SQLite cannot make what it wants beside a database, nor write to it; the
operating system refuses it as it does on a full disk. `some-room`: with 36 kB the write-ahead log is begun, not ended.
"""

import ctypes
import os
import resource
import sys


def without_privileges() -> None:
    """Give up every capability of this process (capset(2)); it stays the owner of what it owns."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "capset")


def with_room(file_bytes: int) -> None:
    """Let no file grow over so many bytes (setrlimit(2)); Python ignores the signal and gets EFBIG."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


if __name__ == "__main__":
    if sys.argv[1] == "unprivileged":
        without_privileges()
    else:
        with_room({"no-room": 20_000, "some-room": 36_000}[sys.argv[1]])
    from api.cli import main

    sys.argv[:2] = ["treatment-ledger"]
    sys.exit(main())
