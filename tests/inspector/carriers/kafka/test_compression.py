from __future__ import annotations

import gzip
import subprocess
import sys

import cramjam
import pytest
import zstandard

from inspector.carriers.kafka.compression import CODECS, LackingError, decompress
from inspector.carriers.kafka.fields import MalformedError

# That each codec is read as its library writes it: see test_oracles.


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_not_compressed_so_is_malformed(codec: int) -> None:
    with pytest.raises(MalformedError):
        decompress(codec, b"\x00not compressed at all")


def test_a_codec_that_is_not_known_is_not_read() -> None:
    with pytest.raises(LackingError, match="codec 7"):
        decompress(7, b"records")


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (1, gzip.compress(bytes(100_001))),
        (2, bytes(cramjam.snappy.compress_raw(bytes(100_001)))),
        (3, bytes(cramjam.lz4.compress(bytes(100_001)))),
        (4, zstandard.compress(bytes(100_001))),
    ],
)
def test_few_bytes_do_not_become_very_many(codec: int, data: bytes) -> None:
    assert len(data) < 6_000
    assert len(decompress(codec, data, 100_001)) == 100_001

    for most in (100_000, 0):
        with pytest.raises(MalformedError):
            decompress(codec, data, most)


def test_part_of_a_gzip_is_malformed() -> None:
    with pytest.raises(MalformedError, match="whole gzip"):
        decompress(1, gzip.compress(b"records")[:-3])


def test_without_its_library_a_codec_says_which_extra_is_lacking() -> None:
    code = (
        "import sys; sys.modules['cramjam'] = None\n"
        "from inspector.carriers.kafka.compression import LackingError, decompress\n"
        "try: decompress(3, b'x')\n"
        "except LackingError as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout == "install protocol-inspect[kafka]\n"
