"""How fast, measured beside a named peer in the same run: `treatment-ledger bench`."""
