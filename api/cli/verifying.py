"""`verify` and `audit`: whether what one holds is what was recorded.

Neither changes what it looks at. `verify --fork-out` writes a file that was not there before, and nothing else is
written but answers.
"""

from pathlib import Path

import click

from api.cli.guard import AnswersJson
from api.cli.parameters import READABLE, RulesAsked, VkeyType, examples, with_directory, with_json, with_rules_adopted

_SHOWN = 50
_ALONE = 20_000  # entries that one process derives again in less than the second that more take to start


@click.command(
    "verify",
    cls=AnswersJson,
    epilog=examples(
        'verify p1.bundle --key "hospital.example/ledger+1a2b3c4d+AbCd…"',
        "verify p1.bundle --key VKEY --since 2021-03.checkpoint --json",
        "verify p1.bundle --key VKEY --witness WITNESS",
    ),
)
@click.argument("bundle", type=READABLE)
@click.option(
    "--key", type=VkeyType(), required=True, metavar="VKEY", help="The log's verifier key, from a source you trust."
)
@click.option("--since", type=READABLE, metavar="CHECKPOINT", help="File of an older checkpoint that you hold.")
@click.option(
    "--witness",
    "witnesses",
    type=VkeyType(),
    multiple=True,
    metavar="VKEY",
    help="Verifier key of a witness that must have signed the checkpoint; may be repeated.",
)
@click.option(
    "--label-key", type=READABLE, metavar="FILE", help="Key of patients' labels, to check the person that is opened."
)
@click.option(
    "--fork-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where two checkpoints prove that the log signed two histories: write the proof into FILE.",
)
@with_json
@with_rules_adopted
def verify_command(
    bundle: Path,
    key: str,
    since: Path | None,
    witnesses: tuple[str, ...],
    label_key: Path | None,
    fork_out: Path | None,
    as_json: bool,
    asked: RulesAsked,
) -> int:
    """Verify a bundle offline, then judge its facts again.

    Proves that its entries are those that the log sealed, all of them, byte for byte, and says what it did not prove.
    Then the payment rules are applied to the proven facts: those that were adopted, each from its day on, and what was
    settled is compared. From the day of an adopted text that is not at hand nothing is judged, and it is named. Where
    none was ever adopted, or a --rulebook is named, by shanghai-2017 or that, and nothing is compared, which is said.
    Exit code 0 sound, 1 unsound, 2 unreadable.
    """
    import json

    from api.cli.files import read_label_key, read_text
    from api.cli.summaries import show_judged
    from api.cli.terminal import shown
    from api.questions import rules
    from api.reverifying import reverify
    from ledger.verify import Unreadable, format_json, format_text, verify
    from ledger.verify.__main__ import require_new, write_fork
    from projections.rules.succession import IN_FORCE

    if asked.rulebook is None:
        by, otherwise = rules(*asked._replace(rulebook=IN_FORCE)), rules(*asked._replace(files=()))
    else:
        by, otherwise = rules(*asked), None
    labels = read_label_key(label_key) if label_key else None
    try:
        if fork_out:
            require_new(fork_out)
        raw, older = bundle.read_bytes(), read_text(since) if since else None
        proven = verify(raw, key, older, witnesses=witnesses, label_key=labels)
        if fork_out:
            write_fork(fork_out, proven, raw, key, older)
        verdict, judged = reverify(proven, by, otherwise)
    except Unreadable as error:
        raise click.ClickException(shown(f"unreadable: {error} ({bundle})")) from None
    if as_json:
        # ASCII: halves of surrogate pairs that stand in a bundle are no UTF-8.
        click.echo(json.dumps(json.loads(format_json(verdict)) | {"judged": judged and judged._asdict()}))
    else:
        click.echo(format_text(verdict), nl=False)
        if judged is not None:
            click.echo()
            show_judged(judged)
    return 0 if verdict.sound else 1


@click.command(
    "audit",
    cls=AnswersJson,
    short_help="Derive the whole ledger again and say what differs.",
    epilog=examples("audit", "audit --published /srv/auditors/ledger --json"),
)
@click.option(
    "--published",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Hold a directory of `publish` against the log as well.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes to work in  [default: one a core]")
@with_json
@with_directory
def audit_command(published: Path | None, jobs: int | None, as_json: bool, directory: Path) -> int:
    """Derive the whole ledger again from its stored bytes and say what differs, and where.

    Every entry is hashed and spelled again; its tags are derived from what it says and what was recorded before, the
    tree and the sealed index from the entries; every checkpoint, every signature of a person and every chain of their
    statements is checked, and so are the signing key, its mark and the tables and triggers of the database. Changes
    nothing: an erasure that a crash has cut short is left for the next other command to end. Exit code 0 sound, 1
    not; each finding is a line NAME: where: what. Of damage the first offence is named: what is wrong only because an
    entry was altered is found when that is mended.
    """
    from api.cli.terminal import emit, progress, shown
    from ledger.application import TreatmentLedger
    from ledger.store.parallel import cores

    with TreatmentLedger.open(directory, finish=False) as ledger, progress("auditing") as show:
        # Small ledgers are done before other processes would have started.
        jobs = jobs or (cores() if ledger.size > _ALONE else 1)
        findings = ledger.audit(lambda done, total: show(done, total, "auditing"), jobs=jobs, published=published)
        size = ledger.size
    if as_json:
        found = [{"name": f.name, "where": f.where, "what": f.what} for f in findings]
        emit({"sound": not findings, "size": size, "findings": found})
    else:
        for finding in findings[:_SHOWN]:
            click.echo(shown(f"{finding.name}: {finding.where}: {finding.what}"))
        if len(findings) > _SHOWN:
            click.echo(f"… and {len(findings) - _SHOWN} more (--json lists all)")
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        click.echo(f"unsound: {count}" if findings else f"sound: {size:,} entries derived again")
    return 1 if findings else 0
