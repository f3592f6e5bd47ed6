"""A person's key file: private, never overwritten, and unable to sign one number twice or to step over one."""

import multiprocessing
import os
import stat
from base64 import b64decode

import pytest

from api.signer import SignerError, create_signer, read_last, read_signer, read_statement, sign_statement
from ledger.proof.ed25519 import check_signature
from ledger.treatment.statements import ChainEnd, digest, following, says_erasure, unpack

SAYS = {"patient": "P1", "retained_until": "2036-03-01", "ground": None}


@pytest.fixture
def signer(tmp_path):
    return create_signer(tmp_path / "T1.key", "T1", "K1")


def statement(signer, head=None, **says):
    head = read_last(signer) if head is None else head
    return following(head, "erasure", {**SAYS, **says}, signer=signer.practitioner, key_id=signer.key_id)


def test_the_files_are_their_owners_alone_and_say_whose_key_it_is(signer, tmp_path):
    for name in ("T1.key", "T1.key.last"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert (tmp_path / "T1.key").read_text().startswith("PRIVATE+SIGNER+T1+K1+")
    assert (tmp_path / "T1.key.last").read_text() == "0 \n"
    again = read_signer(tmp_path / "T1.key")
    assert (again.practitioner, again.key_id, again.public_key) == ("T1", "K1", signer.public_key)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["T1.key", "T1.key.last"]


def test_modes_do_not_depend_on_the_umask(tmp_path):
    before = os.umask(0)
    try:
        create_signer(tmp_path / "T1.key", "T1", "K1")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_key_is_never_overwritten(signer, tmp_path):
    before = (tmp_path / "T1.key").read_bytes()
    with pytest.raises(SignerError, match="another key's last statement"):
        create_signer(tmp_path / "T1.key", "T2", "K2")
    (tmp_path / "T1.key.last").unlink()
    with pytest.raises(SignerError, match="never overwritten"):
        create_signer(tmp_path / "T1.key", "T2", "K2")
    assert (tmp_path / "T1.key").read_bytes() == before


def test_two_keys_are_two(tmp_path):
    keys = {create_signer(tmp_path / f"{n}.key", "T1", f"K{n}").public_key for n in range(4)}
    assert len(keys) == 4


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_may_read_signs_nothing(signer, mode):
    signer.path.chmod(mode)
    with pytest.raises(SignerError, match="chmod 600"):
        read_signer(signer.path)


@pytest.mark.parametrize(
    "text",
    ["", "PRIVATE+KEY+example.org+01234567+AAAA\n", "PRIVATE+SIGNER+T1+K1\n", "PRIVATE+SIGNER+T1+K1+AAAA\n",
     "PRIVATE+SIGNER+T1+K1+!\n", "PRIVATE+SIGNER+T1+K1+" + "A" * 43 + "B\n"],
)  # fmt: skip
def test_what_is_no_key_is_said_to_be_none(signer, text):
    signer.path.write_text(text)
    with pytest.raises(SignerError, match="not a person's signing key"):
        read_signer(signer.path)


def test_a_file_that_is_missing_or_no_text(signer, tmp_path):
    with pytest.raises(SignerError, match="`signer new` makes one"):
        read_signer(tmp_path / "nothing.key")
    signer.path.write_bytes(b"\xff\xfe")
    with pytest.raises(SignerError, match="it is no text"):
        read_signer(signer.path)


def test_a_signature_is_over_the_exact_bytes(signer):
    data = statement(signer)
    signed = unpack(sign_statement(signer, data))
    assert signed.data == data
    check_signature(b64decode(signer.public_key), signed.signature, data)


def test_statements_follow_one_another(signer):
    for counter in range(1, 5):
        data = statement(signer, patient=f"P{counter}")
        sign_statement(signer, data)
        assert read_last(signer) == ChainEnd(counter, digest(data))


def test_the_last_statement_may_be_signed_again_and_gives_the_same_signature(signer):
    data = statement(signer)
    assert sign_statement(signer, data) == sign_statement(signer, data)
    assert read_last(signer).counter == 1


def test_another_statement_does_not_get_the_number_of_one_that_was_signed(signer):
    """What was signed and thrown away stays counted: the ledger asks for its number again in vain."""
    sign_statement(signer, statement(signer))
    with pytest.raises(SignerError, match=r"number 1, and this key's next is 2.*record it, it was signed"):
        sign_statement(signer, statement(signer, ChainEnd(), patient="P2"))
    assert read_last(signer).counter == 1


def test_a_ledger_that_is_ahead_of_the_key_is_noticed(signer):
    with pytest.raises(SignerError, match=r"(?s)was a copy of it used.*signer revoke --key-id K1"):
        sign_statement(signer, statement(signer, ChainEnd(3, digest(b"others"))))


def test_a_ledger_that_holds_another_statement_is_noticed(signer):
    sign_statement(signer, statement(signer))
    with pytest.raises(SignerError, match=r"(?s)something else under its number.*signer revoke --key-id K1"):
        sign_statement(signer, statement(signer, ChainEnd(1, digest(b"another"))))


@pytest.mark.parametrize("other", [{"signer": "T2", "key_id": "K1"}, {"signer": "T1", "key_id": "K2"}])
def test_a_statement_of_another_person_or_key_is_not_signed(signer, other):
    with pytest.raises(SignerError, match="the statement is for"):
        sign_statement(signer, following(ChainEnd(), "erasure", SAYS, **other))


@pytest.mark.parametrize("data", [b"", b"{}", b"pay 100", b"\xff", b"0" * 100_000])
def test_only_statements_are_signed(signer, data):
    """A key that signed whatever it is given could be made to sign a login, or a checkpoint."""
    with pytest.raises(SignerError, match="not a statement"):
        sign_statement(signer, data)
    with pytest.raises(SignerError, match="not a statement"):
        sign_statement(signer, statement(signer) + b" ")


@pytest.mark.parametrize("text", ["", "\n", "x", "1\n", "0 abc\n", "-1 x\n", "１ x\n", "1.5 x\n"])
def test_without_knowing_what_was_signed_last_nothing_is_signed(signer, text):
    data = statement(signer)
    last = signer.path.with_name("T1.key.last")
    last.write_text(text)
    with pytest.raises(SignerError, match="does not say what was signed last"):
        sign_statement(signer, data)
    last.unlink()
    with pytest.raises(
        SignerError, match=r"(?s)restore it\. .*signer revoke --key-id K1 .*signer new --practitioner T1"
    ):
        sign_statement(signer, data)
    last.write_bytes(b"\xff")
    with pytest.raises(SignerError, match="it is no text"):
        read_last(signer)


def test_it_is_on_the_disk_before_the_signature_is_out(signer, monkeypatch):
    """A disk that fails: no signature is given out that the file does not know of."""
    data = statement(signer)

    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("api.signer.write_durably", full)
        with pytest.raises(OSError, match="No space"):
            sign_statement(signer, data)
    assert read_last(signer) == ChainEnd()
    assert read_statement(signer, data).counter == 1
    sign_statement(signer, data)


def _race(path, n, answers):
    signer = read_signer(path)
    data = following(ChainEnd(), "erasure", {**SAYS, "patient": f"P{n}"}, signer="T1", key_id="K1")
    try:
        answers.put(sign_statement(signer, data))
    except SignerError as error:
        answers.put(str(error))


def test_processes_that_sign_at_once_get_one_signature_for_a_number(signer):
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    processes = [context.Process(target=_race, args=(signer.path, n, answers)) for n in range(4)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    signatures = [answer for answer in found if "number 1" not in answer]
    assert len(signatures) == 1
    assert read_last(signer) == ChainEnd(1, digest(unpack(signatures[0]).data))


def test_erasures_are_said_as_the_ledger_says_them():
    from datetime import date

    assert says_erasure("P1", date(2036, 3, 1), None) == SAYS
