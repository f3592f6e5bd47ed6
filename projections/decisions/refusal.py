"""What stops whoever reads or keeps decisions, in words for whoever keeps the ledger."""


class KeptError(Exception):
    """Decisions are not kept, or not of these rows and rules, or cannot be read. They can always be made anew."""


class DecisionDiffers(KeptError):
    """A kept decision is not what the reference evaluator says over the same entries: one of the two is wrong."""
