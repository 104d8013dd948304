"""Which addresses a channel may connect to: those of the open internet, looked at where the connection is made."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_INSIDE_OTHERS = tuple(
    map(
        ip_network,
        (
            "::ffff:0:0/96",  # an IPv4 address, mapped
            "::/96",  # the same, compatible: long given up, still read by some
            "64:ff9b::/96", "64:ff9b:1::/48",  # translated to IPv4 by a gateway
            "2002::/16",  # 6to4: an IPv4 address in the middle
            "2001::/32",  # Teredo: an IPv4 address in the end
            "fec0::/10",  # once site-local
            "2001:db8::/32", "3fff::/20",  # for books
            "5f00::/16",  # segment routing
        ),
    )
)  # fmt: skip
_NEVER = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4",
        ),
    )
)  # fmt: skip


def is_open_internet(text: str) -> bool:
    """Whether an address, as the resolver writes it, is one of the open internet.

    `ipaddress.is_private` alone lets 100.64.0.1, 64:ff9b::7f00:1, 2002:7f00:1:: and multicast through (TRUST.md 29).
    What is no address in its usual form is not: `127.1` and `0x7f000001` are the resolver's to understand, not ours.

    >>> [is_open_internet(one) for one in ("9.9.9.9", "127.0.0.1", "100.64.0.1", "64:ff9b::7f00:1", "0x7f000001")]
    [True, False, False, False, False]
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return address.is_global and not _is_special(address)


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return True
    if isinstance(address, IPv6Address):
        return address.scope_id is not None or any(address in network for network in _INSIDE_OTHERS)
    return any(address in network for network in _NEVER)
