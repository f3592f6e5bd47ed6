"""Which release of the program this is."""

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """The installed version, or 0 in a checkout that was never installed."""
    try:
        return version("treatment-ledger")
    except PackageNotFoundError:
        return "0"
