"""What stops whoever reads or keeps a mirror, in words for whoever keeps the ledger."""


class MirrorError(Exception):
    """There is no mirror, or it is not of this log, or it cannot be read. A mirror can always be made anew."""
