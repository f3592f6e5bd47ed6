"""Fork proofs, read from FORMAT.md alone: yes or no. Nothing of ours is imported."""

from tests.verify.second_form import Bad, base64, consistent, demand, open_note, strict


def proves_fork(raw: bytes, key: str) -> bool:
    """Whether these bytes prove that the log of this key signed two histories."""
    try:
        return _proves(raw, key)
    except (Bad, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return False


def _proves(raw: bytes, key: str) -> bool:
    demand(len(raw) <= 2**20)
    value = strict(raw.decode())
    demand(value["format"] == "treatment-ledger-fork/1")
    (older, one, _), (newer, other, _) = open_note(value["first"], key), open_note(value["second"], key)
    if older == newer:
        demand(value.keys() == {"format", "first", "second"})
        return one != other
    demand(value.keys() == {"format", "first", "second", "root", "consistency"} and 0 < older < newer)
    nodes = [base64(node) for node in value["consistency"]]
    began = base64(value["root"])
    demand(len(nodes) <= 63 and all(len(node) == 32 for node in [*nodes, began]))
    # A proof that begins at a whole subtree does not repeat its root: then `began` is what it begins with.
    return began != one and consistent(older, newer, nodes, began, other)
