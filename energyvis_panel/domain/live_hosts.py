"""Which hosts the app may follow runs on: names, addresses and networks, each with its ports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HIGHEST_PORT = 65_535
FIRST_FREE_PORT = 1024
"""Below lie the ports of the machine's own services, on which no tracker serves unless it is told to."""
MOST_RULES = 100
METADATA = frozenset({ip_address("fd00:ec2::254"), ip_address("100.100.100.200")})
"""Where clouds tell a machine its secrets, beside the link-local address (manuals of AWS, Alibaba Cloud)."""
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
ENTRY = re.compile(
    r"(?P<host>\[[0-9a-f:.]+\](/\d{1,3})?|[^\[\]]*?)(:(?P<first>\d{1,5})(-(?P<last>\d{1,5}))?)?"
)


@dataclass(frozen=True, slots=True)
class HostRule:
    """One allowed host: a name in lower case or a network, and the ports that are allowed on it."""

    name: str
    network: Network | None
    first_port: int = FIRST_FREE_PORT
    last_port: int = HIGHEST_PORT

    def allows(self, host: str, address: Address, port: int) -> bool:
        """Whether a connection to ``address``, which ``host`` was resolved to, is allowed."""
        if not self.first_port <= port <= self.last_port:
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        return self.name == host and not is_peculiar(address)


def is_peculiar(address: Address) -> bool:
    """Whether no name may lead here: cloud metadata, multicast, "any", 6to4 and Teredo, what is reserved."""
    is_tunnel = bool(getattr(address, "sixtofour", None) or getattr(address, "teredo", None))
    return (
        is_tunnel
        or address in METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.is_reserved and not address.is_loopback)
    )


def plain_address(text: str) -> Address:
    """Address written in figures; an IPv4 address dressed as IPv6 counts as what it is.

    Raises
    ------
    ValueError
        If it is none.

    """
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def host_rules(text: str) -> tuple[HostRule, ...]:
    """Rules from a setting: entries separated by commas or spaces, e.g. ``node17:9477, 10.0.0.0/24``.

    A port or a range of ports follows a colon; an IPv6 address that has one stands in brackets. Without ports
    those from 1024 on are allowed.

    Raises
    ------
    ValueError
        If an entry cannot be meant; the message is one sentence without a subject.

    """
    entries = [entry for entry in re.split(r"[,\s]+", text.strip().lower()) if entry]
    if len(entries) > MOST_RULES:
        raise ValueError(f"names {len(entries)} hosts, but at most {MOST_RULES} are taken")
    return tuple(host_rule(entry) for entry in entries)


def host_rule(entry: str) -> HostRule:
    """Rule from one entry of the setting; see :func:`host_rules`."""
    try:
        return HostRule("", ip_network(entry))
    except ValueError:
        match = ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"holds {entry!r}, which is no host, address or network, with or without ports")
    first = int(match["first"] or FIRST_FREE_PORT)
    last = int(match["last"] or match["first"] or HIGHEST_PORT)
    if not 1 <= first <= last <= HIGHEST_PORT:
        raise ValueError(f"holds {entry!r}, whose ports are not in order or not from 1 to {HIGHEST_PORT}")
    host = match["host"].replace("[", "").replace("]", "")
    try:
        return HostRule("", ip_network(host), first, last)
    except ValueError:
        pass
    if not NAME.fullmatch(host) or host.replace(".", "").isdecimal() or "/" in host:
        raise ValueError(f"holds {entry!r}, which is no host, address or network, with or without ports")
    return HostRule(host.removesuffix("."), None, first, last)


def is_allowed(rules: Sequence[HostRule], host: str, address: Address, port: int) -> bool:
    """Whether any rule allows a connection to ``address``, which ``host`` was resolved to."""
    return any(rule.allows(host, address, port) for rule in rules)


LOOPBACK = host_rules("127.0.0.0/8, ::1")
