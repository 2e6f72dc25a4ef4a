"""What the commands do, one module each; `nntui.cli` has their arguments."""


class BadInputError(Exception):
    """What was asked for cannot be; the message, of one line a fault, is for the person who asked."""
