"""The second verifier on keys on devices, from FORMAT.md ("Keys on devices") alone. Nothing of ours is imported."""

import re
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.verify.second_form import Bad, base64, demand, h, strict

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def site_and_point(text: str) -> tuple[str, bytes]:
    """What `public_key` says of a device's key; Bad if it is no row of the table."""
    site, plus, encoded = text.partition("+")
    point = base64(encoded)
    demand(plus and re.fullmatch(r"[a-z0-9.\-]{1,253}", site))
    demand(len(point) == 65 and point[0] == 4)
    demand(number(point[1:33]) < P and number(point[33:]) < P)
    return site, point


def check_device(site: str, point: bytes, statement: bytes, signature: bytes, data: bytes, client: bytes) -> None:
    """Bad unless the device signed this statement."""
    demand(es256(point, signature, data + h(client)))
    demand(len(data) == 37 and data[:33] == h(site.encode()) + b"\5")
    said = strict(client.decode())
    demand(isinstance(said, dict) and said["type"] == "webauthn.get")
    demand(said["challenge"] == urlsafe_b64encode(h(statement)).decode().replace("=", ""))
    demand(said.get("crossOrigin", False) is False)
    demand(is_at(said["origin"], site))


def is_at(origin: Any, site: str) -> bool:
    demand(isinstance(origin, str))
    for scheme in ["https://", "http://"] if site == "localhost" else ["https://"]:
        if origin.startswith(scheme):
            host, colon, port = origin[len(scheme) :].partition(":")
            demand(re.fullmatch("[0-9]{1,5}", port) if colon else True)
            demand(re.fullmatch(r"[a-z0-9.\-]+", host))
            return host == site or host[-len(site) - 1 :] == f".{site}"
    return False


def es256(point: bytes, signature: bytes, message: bytes) -> bool:
    """r and s, each 32 bytes, by P-256 and SHA-256; Bad for what is no point."""
    r, s = number(signature[:32]), number(signature[32:])
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Bad from None
    try:
        public.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")
