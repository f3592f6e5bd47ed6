"""Puts `verify.html` together from the files beside this one: `python ledger/verify/page/build.py`.

A page that is opened from disk can load no module; so the parts become one script in one file, and the policy in its
head allows exactly this script and this style, by their hashes. A test holds the file to what this makes of the parts.
"""

import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script, it knows only its own folder

from ledger.verify.release import BUNDLE_FORMAT, RELEASE

HERE = Path(__file__).parent
PAGE = HERE.parent / "verify.html"
PARTS = (
    *(
        "verdict",
        "findings",
        "bytes",
        "strict-json",
        "tree",
        "trie",
        "notes",
        "reading",
        "form",
        "checkpoints",
        "forks",
        "entries",
        "case",
        "streams",
    ),
    *("placing", "record", "devices", "statements", "agreement", "chains", "beside", "claims", "trial", "verifying"),
    *("items", "journal-words", "facts", "words", "given", "page"),
)
"""The scripts, in the order in which they stand on one another."""


def build() -> str:
    """The text of the page."""
    parts = "\n".join((HERE / f"{part}.js").read_text("utf-8") for part in PARTS)
    script = f'\n"use strict";\n(() => {{\n{parts}}})();\n'
    style = "\n" + (HERE / "page.css").read_text("utf-8")
    page = (HERE / "page.html").read_text("utf-8")
    for name, value in (
        ("release", RELEASE),
        ("form", BUNDLE_FORMAT),
        ("script-hash", _source(script)),
        ("style-hash", _source(style)),
        ("style", style),
        ("script", script),
    ):
        page = page.replace("{{" + name + "}}", value)
    return page


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


if __name__ == "__main__":
    PAGE.write_text(build(), "utf-8")
    sys.stdout.write(f"{PAGE}: {PAGE.stat().st_size:,} bytes\n")
