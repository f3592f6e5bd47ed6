"""`python -m api.cli` is `treatment-ledger`, for a checkout that is not installed."""

from api.cli import main

main()
