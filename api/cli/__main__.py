"""`python -m api.cli` is `treatment-ledger`, for a checkout that is not installed."""

from api.cli import main

if __name__ == "__main__":  # not where a process of `audit`'s own imports it again
    main()
