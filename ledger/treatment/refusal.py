"""How a decision says no: a field and what is wrong with it, in plain words. It knows nothing of lines or files."""

from typing import NoReturn


class Refusal(Exception):
    """A fact that cannot have happened, or names something unknown. `field` is the field of the fact, `what` says
    what is wrong and what was expected. It never means that the fund would not pay."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field
        self.what = what


def refuse(field: str, what: str) -> NoReturn:
    """Raise a `Refusal`; a function, so that it also stands in expressions."""
    raise Refusal(field, what)
