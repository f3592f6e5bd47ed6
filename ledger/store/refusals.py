"""What the store raises when it cannot, or must not, do what it was asked.

Findings of an audit are values; these are for the caller who has to stop. Every message says what, where, why and
what to do, and is fit to be shown to a person as it is.
"""


class StoreError(Exception):
    """The store cannot do this: no ledger here, a newer format, a key that does not fit, a log that disagrees."""


class Unusable(StoreError):
    """The place where it lies (disk, directory, permission, lock) does not let it be used now. That says nothing of
    what is stored.
    """


class Unsound(StoreError):
    """What is stored is not what was hashed or signed: the answer is no, and nothing is signed over it."""
