"""A port for a server that a test starts."""

import random
import socket

PORTS = range(20_000, 32_000)
"""Below those that a system takes for connections: none of them takes it before the server does."""


def free_port() -> int:
    """A port that nothing listens on."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"none of a hundred ports from {PORTS.start} to {PORTS.stop} is free")
