"""Adopted texts that are not at hand though acts would be judged by them, told before somebody asks in vain.

A journal may name any digest: the ledger takes in what is on record of adoptions, and only whoever judges needs the
texts. Knows the ledger's directory and the program's texts, judges nothing. Source: journal.md, `RulebookAdopted`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.choosing import adopted_at, adoption_facts
from api.kept_texts import texts_at_hand
from ledger.treatment.facts import RulebookAdopted
from projections.rules.succession import AdoptionRefused, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


def missing_texts(directory: Path, adopted: Sequence[RulebookAdopted]) -> tuple[str, ...]:
    """Why what these adoptions, as they stand, put into force cannot be judged by, and what to do: a line for each text
    that decides acts of some days and is not at hand. None where nothing is adopted.
    """
    if not adopted:
        return ()
    try:
        succession_of(adopted, *texts_at_hand(directory, named=[fact.digest for fact in adopted]))
    except AdoptionRefused as refused:
        return tuple(refused.problems)
    return ()


def missing_since(ledger: "TreatmentLedger", size: int) -> tuple[str, ...]:
    """The same of all that a ledger holds, where something was said of adoptions after its first `size` entries."""
    facts = adoption_facts(ledger)
    if len(facts) == len(adoption_facts(ledger, size)):
        return ()
    return missing_texts(ledger.directory, adopted_at(facts))
