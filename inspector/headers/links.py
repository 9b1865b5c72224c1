"""Link headers: where the IP header of a packet begins.

=======================  ====  ================================================
link type                size  what names the network protocol
=======================  ====  ================================================
Ethernet                   14  EtherType in bytes 12 and 13
Linux cooked (SLL)         16  EtherType in bytes 14 and 15
Linux cooked 2 (SLL2)      20  EtherType in bytes 0 and 1
BSD loopback                4  an address family, in either byte order
PPP                    1 to 4  the protocol, 0x0021 or 0x0057
PPPoE, a session       7 to 8  the same, after 6 bytes
PKTAP of macOS         varies  a link type in bytes 8 to 11, whose header follows
raw IP                      0  nothing: the packet begins with it
=======================  ====  ================================================

VLAN tags and MPLS labels of 4 bytes each, or PPPoE, may follow an EtherType.

A link type is added here and nowhere else: a header of fixed size with an EtherType as
an entry of :data:`ETHERTYPE_HEADERS`, which is read in one step with the IPv4 and TCP
headers after it; any other as a function with :func:`link`.

Source: the LINKTYPE_ registry of libpcap, https://www.tcpdump.org/linktypes.html;
bsd/net/pktap.h of XNU; IEEE 802.1Q for the tags; RFC 3032, section 2.1, for the labels;
RFC 2516, section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.sources.records import ETHERNET, LINUX_SLL, LINUX_SLL2, RAW_IP
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    LinkDecoder = Callable[[bytes], int]

TCP = 6
"""What an IP header calls TCP."""
_IP = {
    b"\x08\x00",
    b"\x86\xdd",
}
TAGS = {b"\x81\x00", b"\x88\xa8", b"\x91\x00"}  # 802.1Q, 802.1ad, old QinQ
_MPLS = {b"\x88\x47", b"\x88\x48"}  # unicast, multicast
_LAST_LABEL = 0x01  # in the third byte of a label
_PPPOE_SESSION, _PPPOE_SIZE = b"\x88\x64", 6
_PPP_IP = {b"\x00\x21", b"\x00\x57"}
_NEVER_IP = {
    0x8863,  # PPPoE discovery
    0x0806,  # ARP
    0x8035,  # reverse ARP
    0x88CC,  # LLDP
    0x888E,  # EAPOL
    0x8809,  # slow protocols, such as LACP
    0x9000,  # loopback test
}
# Link types. 12 and 14 are raw IP as the BSDs number it among themselves.
_NULL, _LOOP = 0, 108
_PPP, _PPP_HDLC, _PPPOE = 9, 50, 51
_PKTAP, _PKTAP_LEAST = 258, 12
_RAW = (12, 14, RAW_IP, 228, 229)
_PRIVATE = range(147, 163)  # LINKTYPE_USER0 to USER15: each site defines its own
_SMALLEST_ETHERTYPE = 0x0600  # below, the field is the length of an IEEE 802.3 frame


class EtherTypeHeader(NamedTuple):
    """A link header of fixed size that names the network protocol by an EtherType.

    Attributes:
        size: Its bytes.
        ethertype: The place of the EtherType in it.
    """

    size: int
    ethertype: int

    def ip_offset(self, data: bytes, start: int = 0) -> int:
        """Return where the IP header begins after such a header at ``start``.

        Raises:
            NotTcpError: It is not IP.
            NotUnderstoodError: Its EtherType is unknown.
        """
        place = start + self.ethertype
        return after_ethertype(data[place : place + 2], data, start + self.size)


ETHERNET_HEADER = EtherTypeHeader(14, 12)
ETHERTYPE_HEADERS = {
    ETHERNET: ETHERNET_HEADER,
    LINUX_SLL: EtherTypeHeader(16, 14),
    LINUX_SLL2: EtherTypeHeader(20, 0),
}
"""Link type → its header."""
DECODERS: dict[int, LinkDecoder] = {}
"""Link type → what finds the IP header in a packet."""


def link(*link_types: int) -> Callable[[LinkDecoder], LinkDecoder]:
    """Register what finds the IP header in packets of some link types.

    It is given the packet, and returns the place of the IP header, or raises a
    NotTcpError, a NotUnderstoodError where it cannot know.
    """

    def register(decoder: LinkDecoder) -> LinkDecoder:
        DECODERS.update(dict.fromkeys(link_types, decoder))
        return decoder

    return register


class NotTcpError(ValueError):
    """A record holds no TCP segment that can be read; the message says why."""


# decision 9: What is not understood is not the same as what is skipped
class NotUnderstoodError(NotTcpError):
    """… and whether it holds one that cannot be read is not known."""


class WaitingFragmentError(NotTcpError):
    """A record holds a fragment, and others are still to come."""


def ip_offset(link_type: int, data: bytes) -> int:
    """Return where the IP header begins in a packet.

    Raises:
        NotTcpError: It is not IP.
        NotUnderstoodError: Its link type or its EtherType is unknown; that of a link
            type says whether it is one for private use.
    """
    decoder = DECODERS.get(link_type)
    if decoder is None:
        private = " (private use)" if link_type in _PRIVATE else ""
        raise NotUnderstoodError(f"link type {link_type}{private}")
    return decoder(data)


def after_ethertype(ethertype: bytes, data: bytes, place: int) -> int:
    """Return where the IP header begins that an EtherType announces at a place.

    Raises:
        NotTcpError: It announces something else.
        NotUnderstoodError: It announces what cannot be read.
    """
    while ethertype in TAGS:
        ethertype = data[place + 2 : place + 4]
        place += 4
    if ethertype in _IP:
        return place
    if ethertype in _MPLS:
        return _after_labels(data, place)
    if ethertype == _PPPOE_SESSION:
        return _after_ppp(data, place + _PPPOE_SIZE)
    if len(ethertype) < 2:
        raise NotUnderstoodError("cut short")
    number = int.from_bytes(ethertype, "big")
    if number < _SMALLEST_ETHERTYPE or number in _NEVER_IP:
        raise NotTcpError("not IP")
    raise NotUnderstoodError(f"EtherType 0x{number:04x}")


def _after_labels(data: bytes, place: int) -> int:
    """Return where the packet begins after the labels of MPLS, if that is IP.

    Nothing names what it is; the version of IP shows it (RFC 4928, section 3).
    """
    while len(data) > place + 3 and not data[place + 2] & _LAST_LABEL:
        place += 4
    place += 4
    if len(data) <= place:
        raise NotUnderstoodError("cut short")
    if data[place] >> 4 in {4, 6}:
        return place
    raise NotUnderstoodError("MPLS of something else than IP")


def _after_ppp(data: bytes, place: int) -> int:
    """Return where the IP header begins after a PPP header.

    Address and control, and the first byte of the protocol, may be left out (RFC 1661,
    section 2; RFC 1662, section 3).
    """
    if data[place : place + 2] == b"\xff\x03":
        place += 2
    protocol = data[place : place + 2]
    if protocol[:1] in {b"\x21", b"\x57"}:
        return place + 1
    if len(protocol) < 2:
        raise NotUnderstoodError("cut short")
    if protocol in _PPP_IP:
        return place + 2
    raise NotTcpError("not IP")


for _link_type, _header in ETHERTYPE_HEADERS.items():
    link(_link_type)(_header.ip_offset)


@link(_NULL, _LOOP)
def _loopback(data: bytes) -> int:
    # The family of IPv6 differs from one BSD to the next; the version does not.
    if len(data) <= 4:
        raise NotUnderstoodError("cut short")
    if data[4] >> 4 in {4, 6}:
        return 4
    raise NotTcpError("not IP")


@link(_PPP, _PPP_HDLC)
def _ppp(data: bytes) -> int:
    return _after_ppp(data, 0)


@link(_PPPOE)
def _pppoe(data: bytes) -> int:
    return _after_ppp(data, _PPPOE_SIZE)


@link(_PKTAP)
def _pktap(data: bytes) -> int:
    # The numbers are in the byte order of the Mac: all there are have the little one.
    size, link_type = (int.from_bytes(data[at : at + 4], "little") for at in (0, 8))
    if len(data) < _PKTAP_LEAST or len(data) <= size:
        raise NotUnderstoodError("cut short")
    if size < _PKTAP_LEAST or link_type == _PKTAP:
        raise NotUnderstoodError("a PKTAP header without a packet")
    return size + ip_offset(link_type, data[size:])


@link(*_RAW)
def _raw(_data: bytes) -> int:
    return 0
