"""The kinds of clauses: one file a kind, each with what it asks, what it remembers, and what it says.

A clause is made once for a rulebook and a choice of readings; what it remembers of a patient lives in the patient's
case, so that one clause serves all patients.
"""
