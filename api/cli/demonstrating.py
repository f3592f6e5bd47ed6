"""`demo`: the whole way once, with an invented year: facts in, judged, sealed, exported, verified."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import DATA, examples

if TYPE_CHECKING:
    from api.questions import Rules
    from ledger.application import TreatmentLedger
    from projections.rules.decision import Decision

_ORIGIN = "demo.example/invented-year"
_TELLING = (".day", ".gap", ".excl")  # clauses whose reason is seen at once


@click.command(
    "demo",
    short_help="Go the whole way once, with an invented year.",
    epilog=examples("demo", "demo --serve", "demo --data /tmp/demo --seed 7 --patients 1000"),
)
@click.option("--data", "directory", type=DATA, help="Directory of the demonstration  [default: ./demo-data]")
@click.option("--seed", type=click.IntRange(0), default=2021, show_default=True, help="Another number, another year.")
@click.option("--patients", type=click.IntRange(1), default=240, show_default=True, help="How many patients to invent.")
@click.option("--serve", "then_serve", is_flag=True, help="Serve the ledger afterwards, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port of --serve.")
@click.pass_context
def demo_command(
    ctx: click.Context, directory: Path | None, seed: int, patients: int, then_serve: bool, port: int
) -> int:
    """Make a ledger with an invented year, judge it, seal it, export one patient and verify the bundle.

    Everybody in it is invented. Every step names the command that does it with your own data. Run again, it finds
    everything taken in already, and changes nothing.
    """
    from api.cli.serving import serve
    from api.questions import DEFAULT_RULEBOOK, Rules
    from ledger.application import TreatmentLedger
    from projections.rules.rulebook import load_rulebook

    directory = directory or ctx.find_root().params.get("data") or Path("demo-data")
    book = load_rulebook(DEFAULT_RULEBOOK)
    by = Rules(book, {})
    journal = _write(directory, seed, patients, book.digest)
    _init(directory)
    with TreatmentLedger.open(directory) as ledger:
        _import(ledger, journal)
        shown = _judge(ledger, by)
        sound = _prove(ledger, by, shown.patient, directory)
    _what_next(directory, shown)
    if sound and then_serve:
        serve(directory, "127.0.0.1", port)
    return 0 if sound else 1


def _step(title: str, command: str) -> None:
    click.echo(f"\n== {title}\n   treatment-ledger {command}\n")


def _write(directory: Path, seed: int, patients: int, digest: str) -> Path:
    """The invented year as a journal, under a name that says what is in it, so that it is written only once."""
    from api.demo import write_journal

    directory.mkdir(parents=True, exist_ok=True)
    journal = directory / f"invented-year-{seed}-{patients}.ndjson"
    if not journal.exists():
        passing = journal.with_suffix(".partial")
        write_journal(passing, seed=seed, patients=patients, rulebook_digest=digest)
        passing.replace(journal)
    click.echo(f"An invented year of {patients:,} invented patients, one fact a line, lies in {journal}.")
    return journal


def _init(directory: Path) -> None:
    from ledger.application import LedgerError, TreatmentLedger

    _step("A ledger and its key", f"init --origin {_ORIGIN} --data {directory}")
    try:
        vkey = TreatmentLedger.init(directory, _ORIGIN)
    except LedgerError:
        with TreatmentLedger.open(directory) as ledger:  # an earlier demonstration's, or else not ours to touch
            if ledger.origin != _ORIGIN:
                raise click.ClickException(
                    f"{directory} holds the ledger {ledger.origin}, which is no demonstration; name another --data"
                ) from None
            vkey = ledger.vkey
    click.echo(f"Verifier key, to hand to the regulator: {vkey}")


def _import(ledger: "TreatmentLedger", journal: Path) -> None:
    from time import perf_counter

    from api.cli.importing import take_in
    from api.cli.terminal import emit

    _step("Facts in: checked whole, hashed, durable", f"import {journal} --data {journal.parent}")
    begun = perf_counter()
    imported = take_in(ledger, [journal])
    seconds = perf_counter() - begun
    emit(imported._asdict())
    click.echo(f"{imported.accepted + imported.known:,} facts in {seconds:.1f} s.")


def _judge(ledger: "TreatmentLedger", by: "Rules") -> "Decision":
    """Shows what the year comes to, and returns a decision worth explaining."""
    from time import perf_counter

    from api.cli.summaries import show_summary
    from api.questions import facts, judge_of
    from projections.summary import summarize

    _step(f"Judged by {by.rulebook.title}", "judge --ledger")
    begun = perf_counter()
    judge = judge_of(facts(ledger.facts()), by)
    summary = summarize(judge)
    seconds = perf_counter() - begun
    show_summary(summary)
    click.echo(f"\n{summary.acts:,} acts in {seconds:.1f} s.")
    one_clause = (made for made in judge.decisions() if len(made.denied_by) == 1)
    return next((made for made in one_clause if made.denied_by[0].endswith(_TELLING)), next(judge.decisions()))


def _prove(ledger: "TreatmentLedger", by: "Rules", patient: str, directory: Path) -> bool:
    from api.cli.files import write_whole
    from api.cli.summaries import show_judged
    from api.clock import now
    from api.questions import rules
    from api.reverifying import reverify
    from ledger.verify import format_text, verify
    from projections.rules.succession import IN_FORCE

    _step("Sealed: whoever keeps this can prove any later rewriting", "checkpoint")
    click.echo(ledger.checkpoint(now=now()), nl=False)
    bundle = directory / f"{patient}.bundle"
    _step("One patient, for a regulator without a network", f"export {patient} --out {bundle}")
    exported = ledger.export(f"patient:{patient}", now=now())
    write_whole(str(bundle), exported, record=True)
    click.echo(f"{bundle}: {len(exported):,} bytes")
    _step("Verified from that file and the key alone, and judged again", f"verify {bundle} --key {ledger.vkey}")
    verdict, judged = reverify(verify(exported, ledger.vkey), rules(IN_FORCE), otherwise=by)
    click.echo(format_text(verdict))
    if judged is not None:
        show_judged(judged)
    if verdict.facts and verdict.findings:
        # What was settled otherwise than it is decided is what the invented year is full of, and the tour shows it.
        click.echo(
            f"\nThis is meant: mistakes were planted in the invented year, {len(verdict.findings)} of them with this "
            "patient, the invented fund paid for them, and here they are found. Nothing was altered in the ledger."
        )
    return bool(verdict.facts)


def _what_next(directory: Path, shown: "Decision") -> None:
    click.echo(f"""
== What to try next
   export TREATMENT_LEDGER_DATA={directory}
   treatment-ledger explain {shown.act}                    why the fund does not pay this act
   treatment-ledger eligibility {shown.patient} --at {shown.at.isoformat()}
   treatment-ledger history {shown.patient}
   treatment-ledger audit                            derive the whole ledger again
   treatment-ledger token new && treatment-ledger serve   the same over HTTP
   treatment-ledger import YOUR-JOURNAL.ndjson --data SOMEWHERE-ELSE""")
