"""Looking for something in bytes, in every form in which a program may have written it down."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

CODECS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030")


def forms(secret: str | bytes) -> Iterator[bytes]:
    """The spellings of a text, or of bytes, that are looked for; each at least six bytes long, so that chance finds
    none of them."""
    if isinstance(secret, str):
        yield from (secret.encode("ascii", "backslashreplace"), quote(secret).encode())
        yield json_escapes(secret).encode()
        yield json_escapes(secret).upper().replace("\\U", "\\u").encode()
    for raw in [secret.encode(codec) for codec in CODECS] if isinstance(secret, str) else [secret]:
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for offset in range(3):
            yield inside_base64(raw, offset)
            yield inside_base64(raw, offset).translate(bytes.maketrans(b"+/", b"-_"))
        yield base64.b32encode(raw).rstrip(b"=")[: len(raw) * 8 // 5]
        yield raw[::-1]


def json_escapes(text: str) -> str:
    """As JSON spells it where it keeps to ASCII."""
    return "".join(f"\\u{unit:04x}" for unit in memoryview(text.encode("utf-16-le")).cast("H"))


def inside_base64(raw: bytes, offset: int) -> bytes:
    """What of these bytes is certain in base64 of a longer text in which they begin at `offset` modulo 3."""
    encoded = base64.b64encode(b"\0" * offset + raw)
    last = (offset + len(raw)) * 8 // 6  # characters whose six bits are all ours or before us
    return encoded[-(-offset * 8 // 6) : last]


def found(secrets: dict[str, str | bytes], directory: Path) -> list[str]:
    """`FILE: which secret` for each file under the directory, names of files included, in which one stands."""
    wanted = [(name, form) for name, secret in secrets.items() for form in dict.fromkeys(forms(secret))]
    assert all(len(form) >= 6 for _, form in wanted)
    hits = set()
    for path in sorted(directory.rglob("*")):
        content = str(path).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")
        hits |= {f"{path.relative_to(directory)}: {name}" for name, form in wanted if form in content}
    return sorted(hits)
