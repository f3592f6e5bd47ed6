from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import (
    COSIGNATURE_V1,
    ProofError,
    check_note,
    cosign_note,
    parse_note,
    parse_vkey,
    sign_note,
    vkey,
)

NAME = "example.org/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
VKEY = vkey(NAME, KEY.public_key().public_bytes_raw())
BODY = "one\n\ntwo: 二\n"
NOTE = sign_note(BODY, NAME, KEY)

# The example of golang.org/x/mod/sumdb/note, made by another program.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def opened(note: str, key: str = VKEY) -> str:
    parsed = parse_note(note)
    check_note(parsed, parse_vkey(key))
    return parsed.body


def test_what_go_signed_opens():
    assert opened(GO_NOTE, GO_VKEY).startswith("If you think")
    key = parse_vkey(GO_VKEY)
    assert (key.name, key.key_id.hex()) == ("PeterNeumann", "c74f20a3")
    assert vkey(key.name, key.public_key) == GO_VKEY


def test_what_we_sign_opens_and_is_deterministic():
    assert opened(NOTE) == BODY
    assert sign_note(BODY, NAME, KEY) == NOTE
    assert NOTE.startswith(BODY + "\n— example.org/log ")


def test_signatures_by_others_are_kept_and_not_checked():
    line = sign_note(BODY, "witness.example", OTHER).split("\n\n")[-1]
    note = parse_note(NOTE + line)
    others = check_note(note, parse_vkey(VKEY))
    assert [signature.name for signature in others] == ["witness.example"]
    forged = NOTE + "— example.org/log AAAAAAAA\n"  # our name, but not our key ID: unknown, like any other
    assert [s.key_id for s in check_note(parse_note(forged), parse_vkey(VKEY))] == [b"\x00" * 4]


@given(place=st.integers(0, len(NOTE.encode()) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_note_can_be_flipped(place, bit):
    raw = bytearray(NOTE.encode())
    raw[place] ^= 1 << bit
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(ProofError):
        opened(text)


@pytest.mark.parametrize(
    "note",
    [
        None,
        5,
        NOTE.encode(),
        "",
        "\n",
        "\n\n",
        BODY,
        BODY + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "— x y\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("one", "o\x00ne"),
        NOTE.replace("one", "o\tne"),
        NOTE.replace("one", "o\ud800ne"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace(NAME, "example.org log"),
        NOTE.replace(NAME, "example.org\u3000log"),
        NOTE.replace(NAME, "example.org+log"),
        NOTE.replace(f"— {NAME} ", "—  "),
        "\n" + NOTE[len(BODY) :],
        NOTE[: NOTE.rindex(" ") + 1] + "AAAA\n",
        NOTE + NOTE.split("\n\n")[-1],
        NOTE + "— other.example AAAAAAAA\n" * 100,
        NOTE.replace("=\n", "\n"),
        BODY[:-1] + NOTE[len(BODY) + 1 :],
        NOTE[: NOTE.rindex(" ")] + "\n",
        NOTE[: NOTE.rindex(" ") + 1] + "\n",
    ],
)
def test_what_is_no_note_is_a_proof_error(note):
    with pytest.raises(ProofError):
        check_note(parse_note(note), parse_vkey(VKEY))


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("text\n", "an empty line and signature lines"),
        (BODY, "signature line 1 is not"),  # it has an empty line of its own
        ("\n" + NOTE[len(BODY) :], "an empty line and signature lines"),
        (NOTE + "x", "an empty line and signature lines"),
        (NOTE.replace("— ", "- "), "signature line 1 is not"),
        (NOTE.replace("— ", ""), "signature line 1 is not"),
        (NOTE[: NOTE.rindex(" ")] + "\n", "signature line 1 is not"),
        (NOTE[: NOTE.rindex(" ") + 1] + "AAAAAA==\n", "too short"),
        (NOTE.replace(NAME, "example.org+log"), "no spaces and no plus"),
        (NOTE + "— other.example AAAAAAAA\n" * 100, "at most 100"),
        (NOTE.replace("one", "o\tne"), r"U\+0009"),
    ],
)
def test_the_message_says_what_is_wrong_with_it(note, why):
    with pytest.raises(ProofError, match=why):
        parse_note(note)


def test_at_least_sixteen_signatures_are_read():
    lines = [sign_note(BODY, f"w{n}.example", OTHER).split("\n\n")[-1] for n in range(16)]
    assert opened(NOTE + "".join(lines)) == BODY


def test_the_wrong_key_opens_nothing():
    stranger = vkey(NAME, OTHER.public_key().public_bytes_raw())
    with pytest.raises(ProofError, match=r"not signed by example\.org/log"):
        opened(NOTE, stranger)
    # A public key made to share name and ID still has to fit the signature.
    parsed = parse_vkey(VKEY)
    forged = type(parsed)(parsed.name, parsed.key_id, parsed.algorithm, parse_vkey(stranger).public_key)
    with pytest.raises(ProofError, match="does not fit"):
        check_note(parse_note(NOTE), forged)


def test_no_cosignature_is_from_beyond_the_64_bit_times():
    key = parse_vkey(vkey("witness.example", KEY.public_key().public_bytes_raw(), COSIGNATURE_V1))
    signature = KEY.sign(f"cosignature/v1\ntime {2**63}\n{BODY}".encode())
    line = b64encode(key.key_id + (2**63).to_bytes(8, "big") + signature).decode()
    with pytest.raises(ProofError, match="timestamp"):
        check_note(parse_note(f"{BODY}\n— witness.example {line}\n"), key)


@pytest.mark.parametrize("seconds", [0, 1_679_315_147, 2**63 - 1])
def test_a_cosignature_signs_its_time(seconds):
    public = KEY.public_key().public_bytes_raw()
    key = parse_vkey(vkey("witness.example", public, COSIGNATURE_V1))
    assert key.key_id != parse_vkey(vkey("witness.example", public)).key_id
    signature = KEY.sign(f"cosignature/v1\ntime {seconds}\n{BODY}".encode())

    def note(time: bytes) -> str:
        return f"{BODY}\n— witness.example {b64encode(key.key_id + time + signature).decode()}\n"

    assert check_note(parse_note(note(seconds.to_bytes(8, "big"))), key) == ()
    for bad in ((seconds + 1).to_bytes(8, "big"), b"", seconds.to_bytes(9, "big"), b"\xff" * 8):
        with pytest.raises(ProofError):
            check_note(parse_note(note(bad)), key)


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "+",
        "++",
        NAME,
        VKEY[:-1],
        VKEY + "\n",
        " " + VKEY,
        VKEY.replace(NAME, "example.org log"),
        VKEY.replace(NAME, "example.com/log"),
        VKEY.replace(NAME, ""),
        VKEY.replace(NAME, "example\x00org"),
        VKEY.replace(VKEY.split("+")[1], "00000000"),
        VKEY.replace(VKEY.split("+")[1], VKEY.split("+")[1].upper() + "A"),
        NAME + "+00000000+AQ==",
        NAME + "+00000000+" + b64encode(b"\x02" + b"k" * 32).decode(),
        VKEY + "+",
        "example.org\ud800" + VKEY,
    ],
)
def test_what_is_no_key_is_a_proof_error(text):
    with pytest.raises(ProofError):
        parse_vkey(text)


@pytest.mark.parametrize("key", [b"", b"\x01", b"\x01" + b"k" * 31, b"\x01" + b"k" * 33, b"\x02" + b"k" * 32])
def test_what_is_no_key_of_a_known_kind_is_refused_also_under_its_right_id(key):
    key_id = sha256(NAME.encode() + b"\n" + key).hexdigest()[:8]
    with pytest.raises(ProofError, match="33 bytes"):
        parse_vkey(f"{NAME}+{key_id}+{b64encode(key).decode()}")


@pytest.mark.parametrize(
    ("public_key", "algorithm"), [(b"k" * 31, 1), (b"", 1), (None, 1), ("k" * 32, 1), (b"k" * 32, 2), (b"k" * 32, None)]
)
def test_what_is_no_public_key_is_not_spelled(public_key, algorithm):
    with pytest.raises(ProofError):
        vkey(NAME, public_key, algorithm)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x85b", None, 5, "\ud800"])
def test_what_is_no_name_signs_nothing(name):
    with pytest.raises(ProofError):
        sign_note(BODY, name, KEY)
    with pytest.raises(ProofError):
        vkey(name, b"k" * 32)


@pytest.mark.parametrize("body", ["no newline", "bad\x00\n", "bad\r\n", None, "\ud800\n", ""])
def test_what_is_no_text_is_not_signed(body):
    with pytest.raises(ProofError):
        sign_note(body, NAME, KEY)


def test_a_witness_line_opens_and_says_when():
    key = parse_vkey(vkey("w.example", OTHER.public_key().public_bytes_raw(), COSIGNATURE_V1))
    line = cosign_note(BODY, "w.example", OTHER, 1700000000)
    cosigned = parse_note(NOTE + line)
    assert [other.name for other in check_note(cosigned, key)] == [NAME]
    assert cosigned.signatures[1].signature[:8] == (1700000000).to_bytes(8, "big")
    message = f"cosignature/v1\ntime 1700000000\n{BODY}".encode()
    assert cosigned.signatures[1].signature[8:] == OTHER.sign(message)
    with pytest.raises(ProofError):
        check_note(parse_note(NOTE.replace("one", "two") + line), key)
    for seconds in (-1, 2**63, 1.5):
        with pytest.raises(ProofError):
            cosign_note(BODY, "w.example", OTHER, seconds)
    for body, name in (("no newline", "w.example"), (BODY, "w example"), ("\x00\n", "w.example"), (BODY, "")):
        with pytest.raises(ProofError):
            cosign_note(body, name, OTHER, 1)
