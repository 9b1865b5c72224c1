from .records import Entry

def scan(
    block: bytes,
    position: int,
    number: int,
    big_endian: bool,
    unit_ns: int,
    header_size: int,
    link_size: int,
    ethertype_at: int,
    words: tuple[bytes, ...],
    /,
) -> tuple[list[Entry], int]: ...
