"""`python -m api.demo > demo.ndjson`: the invented year, or a larger one, as a journal on standard output."""

import argparse
import sys

from api.demo import DISTRICT_PATIENTS, write_journal
from projections.rules.rulebook import load_rulebook


def main(arguments: list[str] | None = None) -> int:
    """Writes the journal; exit 0. Twice the patients are twice the lines, about 500 a patient."""
    parser = argparse.ArgumentParser(prog="python -m api.demo", description=__doc__)
    parser.add_argument("--patients", type=_positive, default=DISTRICT_PATIENTS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2021, help="another number, another year (default: %(default)s)")
    parser.add_argument(
        "--unordered",
        action="store_true",
        help=f"district after district of {DISTRICT_PATIENTS} patients, in flat memory, ordered only within each",
    )
    chosen = parser.parse_args(arguments)
    digest = load_rulebook("shanghai-2017").digest
    lines = write_journal(
        "-", seed=chosen.seed, patients=chosen.patients, rulebook_digest=digest, ordered=not chosen.unordered
    )
    print(f"{lines} lines, everybody in them is invented", file=sys.stderr)  # noqa: T201
    return 0


def _positive(text: str) -> int:
    """A number of patients from 1 on."""
    number = int(text)
    if number < 1:
        raise ValueError(f"{text} patients, expected at least 1")
    return number


if __name__ == "__main__":
    raise SystemExit(main())
