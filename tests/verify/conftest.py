"""The invented log of `world.py`, and the page in a browser, as fixtures."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.verify.browser import chromium, opened
from tests.verify.world import H2, T2, Log, entries, spell


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def guest_log() -> Log:
    """As `log`, and P3 has a session on the prescription of P1."""
    episode = spell(
        "EpisodeOpened", ["patient:P1", "episode:E1", "institution:H1"], episode="E1", patient="P1", institution="H1"
    )
    guest = spell(
        "SessionStarted",
        ["patient:P1", "patient:P3", "session:S8", "prescription:R1", T2, H2],
        session="S8",
        patient="P3",
        prescription="R1",
        order="1",
        therapist="T2",
        institution="H2",
        setting="outpatient",
    )
    stopped = spell("SessionStopped", ["patient:P3", "session:S8", T2, H2], session="S8", effect="")
    return Log([*entries(), episode, guest, stopped])


@pytest.fixture
def make_log() -> type[Log]:
    return Log


@pytest.fixture
def make_entry():
    return spell


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a file: while it runs, Playwright holds the thread's event loop, and other files want one of their own."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def verifier(browser: Browser) -> Iterator[Page]:
    """One page for all of a file that ask only `verifyBundle`."""
    with opened(browser) as page:
        yield page
