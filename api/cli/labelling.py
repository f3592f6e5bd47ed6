"""`label`: the pseudonyms that a regulator computes. Ids come from standard input: arguments can be read by others."""

from pathlib import Path

import click

from api.cli.parameters import READABLE, examples


@click.command(
    "label",
    short_help="Compute patients' labels from insured persons' ids.",
    epilog=examples("label --new-key regulator.key", "label --key regulator.key < ids.txt"),
)
@click.option("--key", "key_file", type=READABLE, metavar="FILE", help="The regulator's key.")
@click.option("--new-key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Make such a key.")
def label_command(key_file: Path | None, new_key: Path | None) -> None:
    """Compute the label of each insured person's id on standard input, one a line.

    A label is the pseudonym under which a hospital records the person: only who has the key can compute it, and one
    person has one. The regulator hands labels out, asks for the history of a label, and gets all of it or the proof
    that there is none. However an id is typed (x for X, digits of full width, blanks around it), it has one label; a
    wrong check digit of a Chinese national id is told on standard error. Labels come out in the order of the ids, one
    a line; an empty line is refused, for it would shift them. Needs no ledger.
    """
    import os
    import sys

    from api.cli.files import read_label_key
    from api.cli.terminal import say
    from ledger.people import is_mistyped, write_secret
    from ledger.proof import ProofError
    from ledger.proof.labels import KEY_BYTES, format_label_key, label, normal_id

    if (key_file is None) == (new_key is None):
        raise click.UsageError("give --key FILE to compute labels, or --new-key FILE to make a key: one of the two")
    if new_key is not None:
        write_secret(new_key, format_label_key(os.urandom(KEY_BYTES)))
        say(f"{new_key}: made; who has it can tell whose label is whose")
        return
    key = read_label_key(key_file) if key_file else b""
    lines = sys.stdin.buffer.read().split(b"\n")
    if not lines[-1]:
        lines.pop()  # what ends the last line begins no other
    labels = []
    for number, line in enumerate(lines, 1):
        try:
            insured_id = line.decode()
            labels.append(label(key, insured_id))
            if is_mistyped(normal_id(insured_id)):
                say(f"warning: standard input, line {number}: the check digit is wrong for a Chinese national id; was "
                    "it mistyped?")  # fmt: skip
        except (ProofError, UnicodeDecodeError) as error:
            what = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error
            raise click.ClickException(f"standard input, line {number}: {what}") from None
    for one in labels:
        click.echo(one)
