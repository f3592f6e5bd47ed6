"""The payment rules: load a rulebook, compile it, judge acts by it.

Read-side only: what is here sees facts and dates and answers decisions. It has no clock, no disk beyond the
rulebook's own file, and no database; the ledger never asks it anything.
"""
