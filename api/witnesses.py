"""Which witnesses this ledger asks to cosign its checkpoints: `witnesses.toml` in its directory, read whenever asked.

[[witness]]
vkey = "regulator.example/w1+0e2d…+BA…"
url = "https://witness.regulator.example"      # left out: requests and answers are carried as files
"""

import json
import tomllib
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.files import write_durably
from ledger.proof import COSIGNATURE_V1, ProofError, parse_vkey

FILE = "witnesses.toml"
_KEYS = {"vkey", "url"}


class WitnessesError(Exception):
    """The list cannot be read, or not changed as asked. The message says what to do."""


class Asked(NamedTuple):
    """A witness that is asked: its verifier key, and under which address; None: by file."""

    vkey: str
    url: str | None

    @property
    def name(self) -> str:
        """The name in the key."""
        return self.vkey.partition("+")[0]


def read_witnesses(directory: Path) -> list[Asked]:
    """The witnesses of the ledger in `directory`. WitnessesError when the file is not as it must be."""
    path = directory / FILE
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WitnessesError(f"{path}: cannot be read ({error})") from None
    listed = value.get("witness", [])
    if value.keys() - {"witness"} or not isinstance(listed, list):
        raise WitnessesError(f"{path}: tables [[witness]] with vkey and url are expected, and nothing else")
    asked: list[Asked] = []
    for place, table in enumerate(listed, 1):
        try:
            asked.append(_read(table, asked))
        except WitnessesError as error:
            raise WitnessesError(f"{path}: witness {place}: {error}") from None
    return asked


def add_witness(directory: Path, vkey: str, url: str | None) -> Asked:
    """Ask this witness too from now on; returns it. WitnessesError when it cannot be asked, or is asked already."""
    asked = read_witnesses(directory)
    new = _read({"vkey": vkey} | ({} if url is None else {"url": url}), asked)
    _write(directory, [*asked, new])
    return new


def remove_witness(directory: Path, name: str, *, known: bool = False) -> list[Asked]:
    """Ask witnesses of this name, or with this key, no more; returns them. WitnessesError when there is none.

    `known`: it may have been struck from the list before, and something else of it is left.
    """
    asked = read_witnesses(directory)
    gone = [one for one in asked if name in (one.name, one.vkey)]
    if not gone and known:
        return []
    if not gone:
        raise WitnessesError(_unknown(name, asked))
    _write(directory, [one for one in asked if one not in gone])
    return gone


def find_witness(directory: Path, name: str) -> Asked:
    """The witness of this name, or with this key. WitnessesError when there is none, or there are several."""
    asked = read_witnesses(directory)
    found = [one for one in asked if name in (one.name, one.vkey)]
    if len(found) > 1:
        raise WitnessesError(f"{name}: several witnesses have this name; give the whole key of one")
    if not found:
        raise WitnessesError(_unknown(name, asked))
    return found[0]


def _unknown(name: str, asked: list[Asked]) -> str:
    known = ", ".join(one.name for one in asked) or "there are none; `witnesses add` names one"
    return f"{name}: no witness of this ledger is called so ({known})"


def _read(table: object, before: list[Asked]) -> Asked:
    if not isinstance(table, dict) or not {"vkey"} <= table.keys() <= _KEYS:
        raise WitnessesError("vkey and url are expected, and nothing else")
    vkey, url = table["vkey"], table.get("url")
    try:
        key = parse_vkey(vkey)
    except ProofError as error:
        raise WitnessesError(f"{error}; expected is the line that `witness key` prints") from None
    if key.algorithm != COSIGNATURE_V1:
        raise WitnessesError(f"{key.name}: this is a log's key; a witness's is expected (cosignature/v1)")
    if any(one.vkey == vkey for one in before):
        raise WitnessesError(f"{key.name}: this witness is named already")
    if url is not None:
        _require_url(url)
    return Asked(vkey, url)


def _require_url(url: object) -> None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts and parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment:
            parts.port  # noqa: B018  (raises where it is no port)
            return
    except ValueError:
        pass
    raise WitnessesError(f"{url!r}: an address is expected, such as https://witness.regulator.example")


def _write(directory: Path, asked: list[Asked]) -> None:
    tables = []
    for one in asked:
        # TOML's basic strings are JSON's, but for characters that neither keys nor addresses have.
        url = "" if one.url is None else f"url = {json.dumps(one.url)}\n"
        tables.append(f"[[witness]]\nvkey = {json.dumps(one.vkey, ensure_ascii=False)}\n{url}")
    try:
        write_durably(directory / FILE, "\n".join(tables))
    except OSError as error:
        raise WitnessesError(f"{directory / FILE}: cannot be written ({error.strerror})") from None
