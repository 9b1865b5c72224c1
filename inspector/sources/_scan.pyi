from .reading import Layout
from .records import Entry

def scan(
    block: bytes,
    position: int,
    number: int,
    layout: Layout,
    link_size: int,
    ethertype_at: int,
    words: tuple[bytes, ...],
    /,
) -> tuple[list[Entry], int]: ...
