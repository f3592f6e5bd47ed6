"""Recipes of damage to what people signed with keys on their devices."""

import json
from collections.abc import Callable
from typing import Any

from tests.devices import SITE, Device
from tests.verify.damage_people import physician_after, therapist_after
from tests.verify.recipes import Given, Recipe, behind, recipe
from tests.verify.world import GONE, S9, Hand, Log, erased, signed

DEVICE = Device("the device of T1")


class DeviceHand(Hand):
    """Somebody who signs with a device; `over` what else it may say."""

    device = DEVICE

    def over(self, data: bytes) -> str:
        return self.device.signature(data)

    def enrolled(self, **other: Any) -> bytes:
        said = {"algorithm": "webauthn-es256", "public_key": self.device.public_key}
        return super().enrolled(**said | other)


def by_device(text: Callable[[bytes], str] = DEVICE.signature, **enrolled: Any) -> Recipe:
    """T1 enrols a device, and a session is signed with it: as this text has it, under what is enrolled."""

    def made(log: Log) -> Given:
        hand = DeviceHand("T1", "K3")
        return behind(log, hand.enrolled(**enrolled), signed(text(hand.statement("session", S9))))

    return made


SOUND = {
    "as devices sign": by_device(),
    "algorithm in capitals": by_device(algorithm="WebAuthn-ES256"),
    "a page of a part of the site": by_device(
        lambda data: DEVICE.signature(data, client=DEVICE.client_data(data, origin=f"https://ward.{SITE}:8443"))
    ),
    "a browser that says more": by_device(
        lambda data: DEVICE.signature(data, client=DEVICE.client_data(data, new={"key": [1.5, None]}))
    ),
}
"""What is right, and looks otherwise."""


def _client(name: str, **other: Any) -> None:
    made = by_device(lambda data: DEVICE.signature(data, client=DEVICE.client_data(data, **other)))
    recipe("signature-invalid", f"a device's, {name}")(made)


_client("asked for by another site", origin="https://evil.example")
_client("asked for by a site whose name ends so", origin=f"https://evil{SITE}")
_client("asked for without TLS", origin=f"http://{SITE}")
_client("asked for within another site's page", crossOrigin=True)
_client("made when the key was made", type="webauthn.create")
_client("over another challenge", challenge="A" * 43)


@recipe("signature-invalid", "a device's, over a challenge with padding")
def padded_challenge(log: Log) -> Given:
    def text(data: bytes) -> str:
        challenge = json.loads(DEVICE.client_data(data))["challenge"] + "="
        return DEVICE.signature(data, client=DEVICE.client_data(data, challenge=challenge))

    return by_device(text)(log)


def _authenticator(name: str, **said: Any) -> None:
    made = by_device(lambda data: DEVICE.signature(data, authenticator=DEVICE.authenticator_data(**said)))
    recipe("signature-invalid", f"a device's, {name}")(made)


_authenticator("nobody there", flags=0x04)
_authenticator("whoever was there", flags=0x01)
_authenticator("that may be copied", flags=0x0D)
_authenticator("for another site", site="other.example")
_authenticator("with data behind", rest=b"\xa0")


def _parts(text: str, place: int, other: str | None) -> str:
    parts = text.split(".")
    parts[place : place + 1] = [] if other is None else [other]
    return ".".join(parts)


recipe("signature-invalid", "a device's, in the form of Ed25519")(
    by_device(lambda data: _parts(_parts(DEVICE.signature(data), 3, None), 2, None))
)
recipe("signature-invalid", "a device's, r and s of nothing")(
    by_device(lambda data: _parts(DEVICE.signature(data), 1, "A" * 86 + "=="))
)
recipe("signature-invalid", "a device's, client data that is no JSON")(
    by_device(lambda data: DEVICE.signature(data, client=b"webauthn"))
)
recipe("signature-invalid", "a device's point that is on no curve")(
    by_device(public_key=f"{SITE}+{'BAAAAAAA'.ljust(87, 'A')}=")
)
recipe("signer-unknown", "a device's key without a site")(by_device(public_key=DEVICE.public_key.partition("+")[2]))
recipe("signer-unknown", "a device's site in capitals")(
    by_device(public_key=DEVICE.public_key.replace("rehab", "Rehab"))
)
recipe("signer-unknown", "a device's key under the name of Ed25519")(by_device(algorithm="ed25519"))
recipe("signer-unknown", "a device's x at the prime")(
    by_device(public_key=f"{SITE}+BP////8AAAABAAAAAAAAAAAAAAAA////////////////{'A' * 43}=")
)


@recipe("signature-invalid", "Ed25519 in the form of a device's")
def in_the_form_of_a_device(log: Log) -> Given:
    data = (hand := therapist_after()).statement("session", S9)
    return behind(log, signed(hand.over(data) + "." + DEVICE.signature(data).split(".", 2)[2]))


@recipe("signer-unknown", "an erasure signed by two people with one device, enrolled for two sites")
def one_device_for_two(log: Log) -> Given:
    first, second = DeviceHand("DR1", "K3"), DeviceHand("T1", "K4")
    other = Device("the device of T1", "other.example")
    data = second.statement("erasure", GONE)
    enrolled = first.enrolled(), second.enrolled(public_key=other.public_key)
    liar = Log([*log.entries[:23], *enrolled, erased(first.sign("erasure", GONE), other.signature(data))])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("statement-gap", "a device's number used twice")
def number_twice(log: Log) -> Given:
    hand, again = DeviceHand("T1", "K3"), DeviceHand("T1", "K3")
    texts = hand.sign("session", S9), again.sign("session", dict(S9))
    return behind(log, hand.enrolled(), *map(signed, texts))


@recipe("signer-revoked", "a device revoked before it signed")
def revoked_before(log: Log) -> Given:
    hand = DeviceHand("T1", "K3")
    return behind(log, hand.enrolled(), hand.revoked(), signed(hand.sign("session", S9)))


def approved_by_device(log: Log) -> Given:
    """An erasure that a physician approves at a terminal, and a therapist with a device."""
    hand = DeviceHand("T1", "K3")
    texts = physician_after().sign("erasure", GONE), hand.sign("erasure", GONE)
    sound = Log([*log.entries[:23], hand.enrolled(), erased(*texts)])
    return Given(sound.bundle(*sound.tags("patient:P3")), sound.vkey)
