"""Decisions that are kept: by which rulebooks, over which entries of the log, and of each act whether it is paid.

A projection beside the mirror, a directory a ruling: what stood there before a rule change is not judged again, is
readable for an appeal after it, and is held against the reference evaluator whenever somebody asks for the words.
Nothing here is believed against its sources: other rows, other rules or another evaluator, and it is made again.
"""

from projections.decisions.checking import check, decided_of
from projections.decisions.keeping import keep
from projections.decisions.kept import Decided, Kept
from projections.decisions.refusal import DecisionDiffers, KeptError
from projections.decisions.ruling import Ruling, ruling_of

__all__ = ["Decided", "DecisionDiffers", "Kept", "KeptError", "Ruling", "check", "decided_of", "keep", "ruling_of"]
