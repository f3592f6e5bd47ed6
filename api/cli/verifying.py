"""`verify` and `audit`: whether what one holds is what was recorded. Neither writes anything but its answer."""

from pathlib import Path

import click

from api.cli.parameters import READABLE, RulesAsked, examples, with_directory, with_json, with_rules

_SHOWN = 50


@click.command(
    "verify",
    epilog=examples(
        'verify p1.bundle --key "hospital.example/ledger+1a2b3c4d+AbCd…"',
        "verify p1.bundle --key VKEY --since 2021-03.checkpoint --json",
    ),
)
@click.argument("bundle", type=READABLE)
@click.option("--key", required=True, metavar="VKEY", help="The log's verifier key, from a source you trust.")
@click.option("--since", type=READABLE, metavar="CHECKPOINT", help="File of an older checkpoint that you hold.")
@with_json
@with_rules
def verify_command(bundle: Path, key: str, since: Path | None, as_json: bool, asked: RulesAsked) -> int:
    """Verify a bundle offline, then judge its facts again.

    Proves that every entry is in the log that VKEY signs for, byte for byte, and says what it did not prove. Then
    the payment rules are applied to the proven facts. Exit code 0 sound, 1 unsound, 2 unreadable.
    """
    import json

    from api.cli.files import read_text
    from api.cli.summaries import show_judged
    from api.cli.terminal import shown
    from api.questions import rules
    from api.reverifying import reverify
    from ledger.verify import Unreadable, format_json, format_text, verify

    by = rules(*asked)
    try:
        verdict, judged = reverify(verify(bundle.read_bytes(), key, read_text(since) if since else None), by)
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
    "audit", short_help="Derive the whole ledger again and say what differs.", epilog=examples("audit", "audit --json")
)
@with_json
@with_directory
def audit_command(as_json: bool, directory: Path) -> int:
    """Derive the whole ledger again from its stored bytes and say what differs, and where.

    Every leaf is hashed again, every root held against every checkpoint kept. Changes nothing. Exit code 0 sound,
    1 not; each finding is a line NAME: where: what.
    """
    from api.cli.terminal import emit, progress, shown
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger, progress("auditing") as show:
        findings = ledger.audit(lambda done, total: show(done, total, "auditing"))
        size = ledger.size
    if as_json:
        found = [{"name": f.name, "where": f.where, "what": f.what} for f in findings]
        emit({"sound": not findings, "size": size, "findings": found})
    else:
        for finding in findings[:_SHOWN]:
            click.echo(shown(f"{finding.name}: {finding.where}: {finding.what}"))
        if len(findings) > _SHOWN:
            click.echo(f"… and {len(findings) - _SHOWN} more findings (--json lists all)")
        click.echo(f"unsound: {len(findings)} findings" if findings else f"sound: {size:,} entries derived again")
    return 1 if findings else 0
