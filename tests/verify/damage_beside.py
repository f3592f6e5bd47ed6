"""Recipes of damage to what stands beside the entries: openings, rulebooks, witnesses' times."""

import json

from tests.verify.recipes import Given, bits, changed, opened, parts, recipe, with_entry
from tests.verify.world import (
    COMMITMENT,
    DIGEST,
    DR1,
    H1,
    RULEBOOK,
    SEEN,
    T1,
    WITNESS,
    Log,
    cosigned,
    digest_corrected,
    spell,
)

# --- people, rulebooks, time


@recipe("opening-differs", "another person")
def another_person(log: Log) -> Given:
    openings = parts(log)["openings"]
    openings["8"]["person"] = openings["8"]["person"].replace("31010519560402123X", "310105195604021231")
    return changed(log, openings=openings)


@recipe("opening-differs", "another salt")
def another_salt(log: Log) -> Given:
    openings = parts(log)["openings"]
    openings["8"]["salt"] = bits(openings["8"]["salt"])
    return changed(log, openings=openings)


@recipe("opening-differs", "of an entry that commits to nobody")
def opens_nothing(log: Log) -> Given:
    return changed(log, openings={"10": parts(log)["openings"]["8"]})


@recipe("opening-differs", "the patient's tag is not the person's label")
def another_label(log: Log) -> Given:
    return Given(log.full(), log.vkey, label_key=bytes(32))


@recipe("opening-differs", "an older version in the place of the last")
def older_version(log: Log) -> Given:
    again = spell("PersonCommitted", ["patient:P1"], patient="P1", commitment=COMMITMENT)
    longer = Log([*log.entries, again])
    return Given(longer.bundle(opened=True), longer.vkey)


@recipe("malformed", "a commitment to another patient that bears the subject's tag too")
def anothers_commitment(log: Log) -> Given:
    borne = spell("PersonCommitted", ["patient:P1", "patient:P2"], patient="P2", commitment=COMMITMENT)
    liar = Log([*log.entries[:8], borne, *log.entries[9:]])
    return Given(liar.bundle(opened=True), liar.vkey, label_key=bytes(32))


@recipe("malformed", "a commitment that bears a tag of another kind")
def committed_for_a_session(log: Log) -> Given:
    return with_entry(
        8, spell("PersonCommitted", ["patient:P1", "session:S9"], patient="P1", commitment=COMMITMENT), log
    )


@recipe("malformed", "an erasure of another patient that bears the subject's tag too")
def anothers_erasure(log: Log) -> Given:
    fact = json.loads(log.entries[23])["fact"]
    said = {field: value for field, value in fact.items() if field not in ("type", "at")}
    return with_entry(23, spell("PersonErased", ["patient:P1", "patient:P3", DR1, T1], **said), log)


@recipe("rulebook-differs", "a word of the rules changed")
def changed_rules(log: Log) -> Given:
    return changed(log, rulebooks={DIGEST: parts(log)["rulebooks"][DIGEST] + " "})


@recipe("malformed", "a rulebook of a digest that is corrected into something else than an adoption")
def corrected_elsewhere(log: Log) -> Given:
    entry = digest_corrected("patient:P1")
    liar = Log([*log.entries[:19], entry, *log.entries[20:]])
    value = opened(liar.bundle()) | {"rulebooks": {DIGEST: RULEBOOK}}  # the exporter would not write it
    return Given(json.dumps(value).encode(), liar.vkey)


@recipe("time-outside", "appended after a witness saw it")
def after_seen(log: Log) -> Given:
    late = spell(
        "FeeConfirmed",
        ["patient:P1", "session:S9", T1, H1],
        act="S9",
        amount_fen=4000,
        appended_="2021-03-01T15:38:20.000001+08:00",
    )
    return cosigned_behind(log, late)


@recipe("time-outside", "what the older checkpoint covers, appended after a witness saw that")
def after_older_seen(log: Log) -> Given:
    # 15:31:02 by the log's clock, and seen at 15:26:02 less a fraction by the witness's, five minutes before.
    since = cosigned(log.checkpoint(20), SEEN - 138 - 301)
    return Given(log.bundle(since=since, note=cosigned(log.checkpoint())), log.vkey, witnesses=(WITNESS,))


def cosigned_behind(log: Log, *more: bytes) -> Given:
    longer = Log([*log.entries, *more])
    return Given(longer.bundle(note=cosigned(longer.checkpoint())), longer.vkey, witnesses=(WITNESS,))
