"""Which verifier this is, and what it reads: in each of its shapes it may lie on a desk for years without the rest."""

RELEASE = "0.1.0"
"""The project's release; a test holds it to that of the package."""
BUNDLE_FORMAT = "treatment-ledger-bundle/2"
"""The one form of bundle that it reads."""


def about(program: str) -> str:
    """A line of its name, release and form."""
    return f"{program} {RELEASE}, reads {BUNDLE_FORMAT}"
