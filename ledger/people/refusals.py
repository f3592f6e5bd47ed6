"""What the person store raises. Every message says what, where, why and what to do, and names no person: patients by
their pseudonym only, never a value that was handed in."""


class PeopleError(Exception):
    """The person store cannot, or must not, do this; the message is fit to be shown and to be logged."""
