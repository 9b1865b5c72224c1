"""A state that is kept between two files changes nothing of what is found."""

from __future__ import annotations

import pickle
import zlib
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest

from inspector.carriers.registry import carriers
from inspector.fleet.counting import causes_of, view_of
from inspector.fleet.freezing import FrozenError, _method, freeze, thaw
from inspector.fleet.resuming import ResumablePipeline
from inspector.library.overview import Report
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from inspector.tls.keylog import KeyLog
from protocol import FrameDecoder
from tests.inspector.captures import ROOT

_CAPTURES = [
    "auth-gateway-nest12.pcap",
    "showcase-nest12.pcap",
    "two-services-nest12.pcap",
    "chains/chain-nest12.pcap",
    "nats/nats-queue-nest12.pcap",
    "socketio/socketio-polling-nest11.pcap",
    "grpc/grpc-nest12.pcap.gz",
]


@pytest.mark.parametrize("name", _CAPTURES)
def test_a_capture_in_parts_is_what_it_is_as_a_whole(name: str) -> None:
    assert _parted(name, 3) == _parted(name, 1)


def _parted(name: str, parts: int, keylog: KeyLog | None = None) -> object:
    """Return what is found if a state is kept after each part of a capture."""
    records = list(read_capture(str(ROOT / "captures" / name)))
    pipeline = ResumablePipeline(Options(keylog=keylog and keylog.apart()))
    for part in range(parts):
        size = len(records)
        pipeline.read(records[size * part // parts : size * (part + 1) // parts])
        if parts > 1:
            pipeline = thaw(freeze(pipeline))
            pipeline.go_on(keylog)
    return _found(pipeline)


@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_what_tls_protects_goes_on_and_a_state_holds_no_key_log(version: str) -> None:
    name = f"tls/{version}-nest12"
    keylog = KeyLog([str(ROOT / "captures" / f"{name}.keys")])
    plain = ResumablePipeline(Options(keylog=keylog.apart()))
    (secrets,) = [each for _, each in keylog.sessions()]
    whole = _parted(f"{name}.pcap", 1, keylog)

    assert not any(each in freeze(plain) for each in secrets.values())
    plain.read(read_capture(str(ROOT / "captures" / f"{name}.pcap")))
    assert not any(each in freeze(plain) for each in secrets.values())
    assert _parted(f"{name}.pcap", 33, keylog) == whole
    assert _parted(f"{name}.pcap", 1) != whole


def _found(pipeline: ResumablePipeline) -> object:
    report = pipeline.finish()
    totals = Report.of(report).to_dict()
    return totals, view_of(pipeline, report, ("a",)), causes_of(report, "a")


def test_a_stream_of_compressed_bytes_cannot_be_kept() -> None:
    with pytest.raises(FrozenError, match="Decompress"):
        freeze([zlib.decompressobj()])


@pytest.mark.parametrize(
    "named", [PurePosixPath("a"), eval, zlib.compress, getattr, "a".upper]
)
def test_a_state_names_nothing_but_our_own_and_containers(named: object) -> None:
    with pytest.raises(FrozenError, match="it names"):
        thaw(pickle.dumps(named))


def test_a_state_names_nothing_through_our_modules() -> None:
    through = b"cinspector.fleet.stores\nos.system\n(Vtrue\ntR."

    with pytest.raises(FrozenError, match=r"it names inspector.fleet.stores.os"):
        thaw(b"\x80\x04" + through)


def test_methods_of_our_own_and_of_containers_are_kept() -> None:
    counted, decoder = {"a": 3}, FrameDecoder()
    get, receive = thaw(freeze((counted.get, decoder.receive_data)))

    assert get("a") == 3
    assert receive.__self__.max_units == decoder.max_units


@pytest.mark.parametrize(
    ("owner", "name"),
    [(Options(), "__init__"), ("a", "upper"), (PurePosixPath("a"), "joinpath")],
)
def test_no_other_method_is_named(owner: object, name: str) -> None:
    with pytest.raises(pickle.UnpicklingError, match=f"it names .*{name}"):
        _method(owner, name)


def test_a_method_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(FrozenError, match="a method that cannot be kept"):
        freeze({}.__len__)


def test_what_is_no_state_is_an_error() -> None:
    for data in (b"", b"\x80", b"not a pickle"):
        with pytest.raises(FrozenError):
            thaw(data)
    with pytest.raises(FrozenError, match="MemoryError"):  # which has no words
        thaw(b"\x80\x05\x96" + (1 << 50).to_bytes(8, "little"))


def test_long_rows_of_objects_are_kept() -> None:
    row: list[Any] = []
    for _ in range(50_000):
        row = [row]

    left = thaw(freeze(row))
    depth = 0
    while left:
        left, depth = left[0], depth + 1
    assert depth == 50_000


def test_what_is_one_for_all_stays_one() -> None:
    decoder = FrameDecoder(max_units=99)
    decoder.receive_data(b'7#{"a":')
    kept, other, proxy = thaw(
        freeze((carriers()["mqtt"], decoder, MappingProxyType({})))
    )

    assert kept is carriers()["mqtt"]
    assert proxy == MappingProxyType({})
    other.receive_data(b"1}")
    assert (other.max_units, other.next_frame().body) == (99, b'{"a":1}')
