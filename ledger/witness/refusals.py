"""What a witness raises when it cannot do what its operator asked. What it answers to logs are values: `Answer`."""


class WitnessError(Exception):
    """No witness here, a key that does not fit, a disk that fails. The message says what to do."""
