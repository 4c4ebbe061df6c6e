"""Which hosts may be asked: exactly those that the setting names, on its ports, and none by a detour."""

from ipaddress import ip_address

import pytest

from energyvis_panel.domain.live_hosts import LOOPBACK, host_rules, is_allowed, plain_address


@pytest.mark.parametrize(
    ("setting", "host", "address", "port", "expected"),
    [
        (None, "127.0.0.1", "127.0.0.1", 43210, True),
        (None, "localhost", "::1", 43210, True),
        (None, "127.0.0.1", "127.0.0.1", 80, False),
        (None, "elsewhere", "127.8.9.1", 1024, True),
        (None, "node17", "10.0.0.17", 43210, False),
        ("node17", "node17", "10.0.0.17", 43210, True),
        ("node17", "node18", "10.0.0.17", 43210, False),
        ("node17", "node17", "169.254.169.254", 43210, False),
        ("node17", "node17", "0.0.0.0", 43210, False),  # noqa: S104 - must be refused
        ("node17", "127.0.0.1", "127.0.0.1", 43210, False),
        ("node17:9477", "node17", "10.0.0.17", 9477, True),
        ("node17:9477", "node17", "10.0.0.17", 9478, False),
        ("10.0.0.0/24:9000-9010", "any", "10.0.0.9", 9010, True),
        ("10.0.0.0/24:9000-9010", "any", "10.0.0.9", 9011, False),
        ("10.0.0.0/24:9000-9010", "any", "10.0.1.9", 9010, False),
        ("127.0.0.1:443", "127.0.0.1", "127.0.0.1", 443, True),
        ("[fd00::]/8:9477", "any", "fd00::17", 9477, True),
        ("[fd00::]/8:9477", "any", "fd00::17", 9478, False),
        ("[fd00::17]:9477", "any", "fd00::17", 9477, True),
        ("fd00::/8", "any", "fd00::17", 9477, True),
        ("a.example, b.example:1-70", "b.example", "10.1.1.1", 70, True),
    ],
)
def test_a_host_is_allowed(
    setting: str | None, host: str, address: str, port: int, *, expected: bool
) -> None:
    rules = LOOPBACK if setting is None else host_rules(setting)
    assert is_allowed(rules, host, ip_address(address), port) is expected


def test_an_address_in_disguise_is_what_it_is() -> None:
    assert plain_address("::ffff:169.254.169.254") == ip_address("169.254.169.254")
    assert not is_allowed(host_rules("node17"), "node17", plain_address("::ffff:169.254.169.254"), 43210)


@pytest.mark.parametrize(
    "setting",
    [
        "http://node17",
        "[fd00::/8]:9477",
        "node17:0",
        "node17:70000",
        "node17:20-10",
        "10.0.0.0/33",
        "no de[",
        "*",
        "10.0.0",
        "a" * 300,
    ],
)
def test_what_cannot_be_meant_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="holds"):
        host_rules(setting)
