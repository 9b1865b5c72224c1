"""What chains show as a whole, for the findings that are judged at the end.

=======================  =======================================================
a call is repeated       requests make it three times or more each
calls wait for another   … that need nothing of it, for 1 ms and a tenth of the time
a call fails requests    they fail after it had, and do nothing else in between
a call takes all time    nine tenths of a request that takes 100 ms or more
=======================  =======================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.findings.chain_conclusions import (
        FailedByCall,
        RepeatedCalls,
        SequentialCalls,
        WaitedOnCall,
    )
    from inspector.findings.conclusions import Conclusion
    from inspector.findings.finding import Place

    from .chain_cases import Case
    from .chain_rows import ChainRow, ChainRows, Name
else:  # decision 158
    FailedByCall = on_demand("inspector.findings.chain_conclusions:FailedByCall")
    RepeatedCalls = on_demand("inspector.findings.chain_conclusions:RepeatedCalls")
    SequentialCalls = on_demand("inspector.findings.chain_conclusions:SequentialCalls")
    WaitedOnCall = on_demand("inspector.findings.chain_conclusions:WaitedOnCall")


def chained(rows: ChainRows) -> Iterator[Conclusion]:
    """Yield what is known of chains when the last exchange is over."""
    for row in rows.rows.values():
        for name, link in row.links.items():
            if link.repeated is not None and link.repeated.place is not None:
                yield _repeated(row, name, link.repeated, link.repeated.place)
        if row.serial is not None and row.serial.place is not None:
            yield _sequential(row, row.serial, row.serial.place)
        for name, blamed in row.blamed.items():
            failed, awaited = blamed.failed, blamed.awaited
            if failed is not None and failed.place is not None:
                yield _failed(row, name, failed, failed.place)
            if awaited is not None and awaited.place is not None:
                yield _awaited(row, name, awaited, awaited.place)


def _repeated(row: ChainRow, name: Name, case: Case, place: Place) -> RepeatedCalls:
    alike, in_turn = case.always
    return RepeatedCalls(
        place=place,
        server=_server(place),
        call=name[1],
        carrier=name[0],
        requests=case.requests,
        among=row.requests,
        least=case.least,
        most=case.most,
        calls=case.sum,
        alike=alike,
        in_turn=in_turn,
        spent_ns=case.worst_ns,
        whole_ns=case.whole_ns,
        numbers=case.numbers,
        packets=case.packets,
    )


def _sequential(row: ChainRow, case: Case, place: Place) -> SequentialCalls:
    return SequentialCalls(
        place=place,
        server=_server(place),
        calls=case.names,
        requests=case.requests,
        among=row.requests,
        saved_ns=case.worst_ns,
        waited_ns=case.most,
        whole_ns=case.whole_ns,
        all_saved_ns=case.cost_ns,
        numbers=case.numbers,
        packets=case.packets,
    )


def _failed(row: ChainRow, name: Name, case: Case, place: Place) -> FailedByCall:
    (refused,) = case.always
    return FailedByCall(
        place=place,
        server=_server(place),
        call=name[1],
        carrier=name[0],
        requests=case.requests,
        failed=row.failed,
        refused=refused,
        texts=case.texts,
        example=case.example,
        numbers=case.numbers,
        packets=case.packets,
    )


def _awaited(row: ChainRow, name: Name, case: Case, place: Place) -> WaitedOnCall:
    return WaitedOnCall(
        place=place,
        server=_server(place),
        call=name[1],
        carrier=name[0],
        requests=case.requests,
        among=row.requests,
        waited_ns=case.worst_ns,
        whole_ns=case.whole_ns,
        example=case.example,
        numbers=case.numbers,
        packets=case.packets,
    )


def _server(place: Place) -> str:
    return place.server or place.connection.server_text
