"""What the account's root user has: no API can change it."""


class RootUser:
    """In this story a password, a second factor and no access key."""

    def __init__(self) -> None:
        self.has_password = True
        self.has_device = True
        self.keys = 0
