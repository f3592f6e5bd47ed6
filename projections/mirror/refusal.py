"""What stops whoever reads or keeps a mirror, in words for whoever keeps the ledger."""


class MirrorError(Exception):
    """There is no mirror, or it is not of this log, or it cannot be read. A mirror can always be made anew."""


class MirrorDamaged(MirrorError):
    """A file of the mirror is gone, or is not what was written. The log is not: the mirror is to be made anew."""


REMEDY = "remove the mirror's directory, and it is made anew from the log"
