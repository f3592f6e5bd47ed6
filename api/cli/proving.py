"""`checkpoint` and `export`: what the ledger signs and hands out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.guard import AnswersJson
from api.cli.parameters import READABLE, IdType, examples, with_directory, with_json, with_people_key

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


@click.command(
    "checkpoint",
    cls=AnswersJson,
    unanswered=("origin", "size", "root", "checkpoint"),
    epilog=examples("checkpoint", "checkpoint > 2021-03.checkpoint", "checkpoint --cosign || alert"),
)
@click.option(
    "--cosign", is_flag=True, help="Sign nothing new; ask for the last checkpoint whoever has not cosigned it."
)
@click.option(
    "--anew", is_flag=True, help="Build the index and the tree from the entries again; where `audit` says so."
)
@with_json
@with_directory
def checkpoint_command(cosign: bool, anew: bool, as_json: bool, directory: Path) -> int | None:
    """Seal the log, then sign and print a checkpoint of it.

    A checkpoint (C2SP tlog-checkpoint) fixes every entry so far: whoever keeps one can prove any later rewriting. Its
    last entry seals the index of all tags, from which every patient's history is proven complete. Before it is signed
    the tree's root is derived again from the stored bytes and held against the last one signed.

    Witnesses of `witnesses add` are asked to cosign it. One that is down is told of and asked again next time; one that
    has cosigned what is not here ends this with exit code 1, and that stands until it agrees or is removed (`witnesses
    remove`). With --cosign, one that has not cosigned ends it so, too.

    What a checkpoint is made from (the index of tags, the nodes of the tree) is kept beside the entries and grows with
    them. --anew is for when `audit` finds that what is kept, or was sealed last, is not what the entries give: it
    derives all of it from the entries again, and seals that. The entries stay as they are; one that was altered has to
    come back from a backup.
    """
    from api.cli.terminal import emit, progress, say
    from api.clock import now
    from api.cosigning import checkpoint, cosigned
    from api.witnesses import read_witnesses
    from ledger.application import TreatmentLedger

    if cosign and anew:
        raise click.UsageError("--cosign signs nothing new, --anew may: one of the two")
    everybody = True
    with TreatmentLedger.open(directory) as ledger:
        if cosign:
            note, everybody = cosigned(ledger, read_witnesses(directory), say)
        else:
            with progress("sealing") as show:
                note = checkpoint(
                    ledger, now=now(), say=say, progress=lambda done, total: show(done, total, "sealing"), anew=anew
                )
    if as_json:
        origin, size, root = note.split("\n")[:3]  # as C2SP tlog-checkpoint has them, the root in base64
        emit({"origin": origin, "size": int(size), "root": root, "checkpoint": note})
    else:
        click.echo(note, nl=False)
    return None if everybody else 1  # no 0: what was handed out is the checkpoint, and must have come out


@click.command(
    "export",
    short_help="Write a patient's bundle for a regulator.",
    epilog=examples(
        "export P1 --out p1.bundle",
        "export P1 --out p1.bundle --since 2021-03.checkpoint",
        "export --practitioner T1 --out t1.bundle",
    ),
)
@click.argument("patient", type=IdType(), required=False)
@click.option("--practitioner", type=IdType(), metavar="ID", help="A practitioner's bundle instead of a patient's.")
@click.option("--session", type=IdType(), metavar="ID", help="A session's bundle instead of a patient's.")
@click.option("--out", required=True, metavar="FILE", help="Where the bundle goes; `-` is standard output.")
@click.option(
    "--since", type=READABLE, metavar="CHECKPOINT", help="File of an older checkpoint to prove consistency from."
)
@click.option("--each", is_flag=True, help="Prove each entry in the log itself too, not only through the seal.")
@click.option("--open", "opened", is_flag=True, help="With what opens who the patient is; PATIENT only.")
@click.option("--open-all", "every", is_flag=True, help="As --open, and also what opens who the patient was before.")
@click.option(
    "--rulebook-file",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A rulebook of your own whose text goes along where it was adopted; may be repeated.",
)
@with_people_key
@with_directory
def export_command(
    patient: str | None,
    practitioner: str | None,
    session: str | None,
    out: str,
    since: Path | None,
    each: bool,
    opened: bool,
    every: bool,
    files: tuple[str, ...],
    people_key: Path | None,
    directory: Path,
) -> None:
    """Write a patient's bundle: everything a regulator needs to verify it offline.

    PATIENT is the pseudonym of the journal. The bundle holds every entry of the patient, proven complete, and the
    registry entries of everyone who treated them. Of a patient of whom nothing is recorded it proves just that.
    """
    from api.cli.files import read_text, write_whole
    from api.cli.terminal import say
    from api.clock import now
    from api.cosigning import checkpoint_first
    from api.kept_texts import kept_text
    from ledger.application import TreatmentLedger
    from projections.rules.rulebook import rulebook_texts

    named = {"patient": patient, "practitioner": practitioner, "session": session}
    subjects = [f"{kind}:{name}" for kind, name in named.items() if name is not None]
    if len(subjects) != 1:
        raise click.UsageError("name a PATIENT, a --practitioner or a --session: one of the three")
    opened = opened or every
    if opened and patient is None:
        raise click.UsageError("--open is for a PATIENT: the ledger holds personal data of nobody else")
    texts = rulebook_texts(files)
    older = read_text(since) if since else None
    with TreatmentLedger.open(directory) as ledger:
        openings = _openings(ledger, patient, people_key, directory, every) if opened and patient is not None else {}
        checkpoint_first(ledger, now=now(), say=say)
        bundle = ledger.export(
            subjects[0], now=now(), since=older, each=each, openings=openings,
            rulebooks=lambda digest: texts.get(digest) or kept_text(directory, digest),
        )  # fmt: skip
    write_whole(out, bundle, private=bool(openings), record=True)
    if _is_absent(bundle):
        say(f"{subjects[0]}: nothing is recorded here, and the file proves it; check the id if you expected more")
    if out != "-":
        say(f"wrote {out} ({len(bundle):,} bytes); verify it: treatment-ledger verify {out} --key VKEY")


def _openings(
    ledger: "TreatmentLedger", patient: str, people_key: Path | None, directory: Path, every: bool
) -> dict[int, tuple[bytes, str]]:
    """What opens the patient's last commitment, or every one that opens; that it was asked for is noted, and what does
    not open is said. The last one must (PeopleError): an older version is not shown in its place."""
    from api.access_log import note_access
    from api.cli.terminal import say
    from api.clock import now

    people = ledger.people(people_key)
    openings = people.openings(patient, every=every)
    note_access(directory, "open", patient, now=now())
    if every and (lost := [index for index in people.commitments(patient) if index not in openings]):
        say(f"warning: {patient}: nothing here opens the commitment at index {', '.join(map(str, lost))}")
    if not openings:
        why = "erased" if people.erased(patient) else "never put in"
        say(f"{patient}: nothing to open: who this is was {why}")
    return openings


def _is_absent(bundle: bytes) -> bool:
    """Whether it is a proof that there is nothing of its subject."""
    import json

    value = json.loads(bundle)
    return value["streams"][0] in value["absent"]
