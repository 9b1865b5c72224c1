"""Calls and events over brokers at random: mostly plain, now and then anything else.

Warm at first, so that plain exchanges are figures where somebody counts: every pattern
was called once, and one call of each took longer than those that follow.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from protocol import JsonText, Response
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Side, Wire
from tests.inspector.over_nats import Broker, Passing, Peer, called, publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json

_PATTERNS: tuple[Json, ...] = ("sum", "orders.new", {"cmd": "price"})
_EVENTS = ("log", "orders.log")
_PAUSES = 0, 0, MILLISECOND, 3 * MILLISECOND
_LONG_PAUSES = 300 * MILLISECOND, 1_100 * MILLISECOND
_LONG = 0.02  # of all pauses


class _Call(NamedTuple):
    """A call that goes on: what comes next of it, and after that."""

    caller: Peer
    handler: Peer
    passing: Passing


class Chatter:
    """Callers and handlers at one broker or several.

    Args:
        seed: Makes the same traffic every time.
        trouble: How many of a thousand steps are anything else than plain.
    """

    def __init__(self, seed: int, trouble: int = 100) -> None:
        self.rng = random.Random(seed)  # noqa: S311 — the same every time
        self.wire = Wire()
        self._trouble = trouble
        group = self.rng.choice([None, "workers"])
        count = self.rng.choice([1, 1, 2])
        self.brokers = [
            Broker(self.wire, f"10.0.0.{9 - number}:4222") for number in range(count)
        ]
        subjects = "sum", "orders.new", '{"cmd":"price"}', *_EVENTS
        self.handlers = [
            self.rng.choice(self.brokers).worker(*subjects, group=group)
            for _ in range(self.rng.choice([1, 2]))
        ]
        self.callers = [self.rng.choice(self.brokers).peer() for _ in range(2)]
        self._steps: list[Callable[[], None]] = []
        self._last = 0
        self._warm()

    def go_on(self, steps: int) -> Wire:
        """Take some steps, each a packet or a few; return the capture."""
        for _ in range(steps):
            pauses = _LONG_PAUSES if self.rng.random() < _LONG else _PAUSES
            self.wire.wait(self.rng.choice(pauses))
            if self.rng.randrange(1_000) < self._trouble:
                self.rng.choice(TROUBLES)(self)
            elif self._steps and self.rng.random() < 0.85:
                self._steps.pop(self.rng.randrange(min(3, len(self._steps))))()
            elif self.rng.random() < 0.7:
                self.begin_call()
            else:
                self.begin_event()
        return self.wire

    def _warm(self) -> None:
        for caller in self.callers:
            for handler in self.handlers:
                for pattern in _PATTERNS:
                    call = self._ask(caller, handler, pattern)
                    handler.take(call.passing)
                    self.wire.wait(90 * MILLISECOND)
                    body = handler.answer(call.passing, 1)
                    caller.get(call.passing, body).leave(call.passing)
                for pattern in _EVENTS:
                    handler.take(caller.emit(pattern, ["warm", self._next()]))
        self.wire.wait(1_100 * MILLISECOND)  # after which the events are over
        called(self.callers[0], self.handlers[0], value=1)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _both(self) -> tuple[Peer, Peer]:
        return self.rng.choice(self.callers), self.rng.choice(self.handlers)

    def _ask(self, caller: Peer, handler: Peer, pattern: Json) -> _Call:
        data = [self._next(), "x" * self.rng.choice([0, 3, 200])]
        return _Call(caller, handler, caller.ask(pattern, data))

    def call(self) -> _Call:
        """Ask somebody for something."""
        return self._ask(*self._both(), self.rng.choice(_PATTERNS))

    def begin_call(self) -> None:
        """Ask, and let the rest follow among other steps."""
        call = self.call()
        self._steps.append(lambda: self._hand(call))

    def _hand(self, call: _Call) -> None:
        call.handler.take(call.passing)
        self._steps.append(lambda: self._answer(call))

    def _answer(self, call: _Call) -> None:
        body = call.handler.answer(call.passing, self._next())
        self._steps.append(lambda: self._tell(call, body))

    def _tell(self, call: _Call, body: bytes) -> None:
        call.caller.get(call.passing, body)
        self._steps.append(lambda: self._leave(call))

    @staticmethod
    def _leave(call: _Call) -> None:
        call.caller.leave(call.passing)

    def begin_event(self) -> None:
        """Emit, and let somebody have it later."""
        data = self.rng.choice([self._next(), 7])  # some are alike
        caller, handler = self._both()
        passing = caller.emit(self.rng.choice(_EVENTS), data)
        self._steps.append(lambda: self._spread(handler, passing))

    @staticmethod
    def _spread(handler: Peer, passing: Passing) -> None:
        handler.take(passing)

    def hand_twice(self) -> None:
        """Hand a request to all handlers, who all answer."""
        call = self.call()
        for handler in self.handlers:
            handler.take(call.passing)
        bodies = [each.answer(call.passing, self._next()) for each in self.handlers]
        for body in bodies:
            call.caller.get(call.passing, body)
        call.caller.leave(call.passing)

    def answer_twice(self) -> None:
        """Answer twice, and hand both on, before the caller leaves or after."""
        call = self.call()
        call.handler.take(call.passing)
        body = call.handler.answer(call.passing, 1)
        call.caller.get(call.passing, body)
        if self.rng.random() < 0.5:
            call.caller.leave(call.passing)
        call.handler.answer(call.passing, 2)
        call.caller.get(call.passing, body)
        call.caller.leave(call.passing)

    def stream(self) -> None:
        """Answer with a value, and a last one, perhaps handed on together."""
        call = self.call()
        call.handler.take(call.passing)
        inbox, ends = str(call.passing.inbox), (False, True)
        bodies = [call.handler.answer(call.passing, 5, last=end) for end in ends]
        units = [call.caller.message(inbox, body) for body in bodies]
        for each in [units] if self.rng.random() < 0.5 else zip(units, strict=True):
            call.caller.hear(*each)
        call.caller.leave(call.passing)

    def fail(self) -> None:
        """Let a handler throw."""
        call = self.call()
        call.handler.take(call.passing)
        body = call.handler.fail(call.passing, "no")
        call.caller.get(call.passing, body).leave(call.passing)

    def tell_a_secret(self) -> None:
        """Send what a finding looks for."""
        caller, handler = self._both()
        call = _Call(caller, handler, caller.ask("sum", {"password": "hunter2"}))
        handler.take(call.passing)
        body = handler.answer(call.passing, 1)
        caller.get(call.passing, body).leave(call.passing)
        handler.take(caller.emit("log", {"apiKey": "k" * 20}))

    def answer_oddly(self) -> None:
        """Answer with another key, without a value, or with another id."""
        call = self.call()
        identity = call.handler.take(call.passing) and call.passing.identity
        packet = self.rng.choice(
            [
                Response(
                    identity,
                    JsonText(b"1"),
                    is_disposed=True,
                    extra={"x": JsonText(b"1")},
                ),
                Response(identity, is_disposed=True),
                Response("other", JsonText(b"1"), is_disposed=True),
            ]
        )
        body = call.handler.reply(call.passing, packet)
        call.caller.get(call.passing, body).leave(call.passing)

    def tell_otherwise(self) -> None:
        """Hand on other bytes than the broker was handed."""
        call = self.call()
        call.handler.take(call.passing)
        call.handler.answer(call.passing, 1)
        body = (
            b'{"response":9,"isDisposed":true,"id":"%b"}'
            % str(call.passing.identity).encode()
        )
        call.caller.get(call.passing, body).leave(call.passing)

    def overhear(self) -> None:
        """Hand a reply to somebody who has not asked."""
        call = self.call()
        call.handler.take(call.passing)
        body = call.handler.answer(call.passing, 1)
        other = self.rng.choice([*self.callers, *self.handlers])
        other.get(call.passing, body)
        call.caller.get(call.passing, body).leave(call.passing)

    def leave_early(self) -> None:
        """Leave before the reply comes, or never."""
        call = self.call()
        call.handler.take(call.passing)
        if self.rng.random() < 0.5:
            call.caller.leave(call.passing)
        body = call.handler.answer(call.passing, 1)
        call.caller.get(call.passing, body)

    def be_refused(self) -> None:
        """Ask for what nobody has subscribed to."""
        call = self.call()
        call.caller.refused(call.passing).leave(call.passing)

    def ask_together(self) -> None:
        """Write two requests in one packet."""
        caller, handler = self._both()
        said = [
            (inbox := f"_INBOX.{self._next():022}", f"t{self._next():020}")
            for _ in range(2)
        ]
        bodies = [
            b'{"pattern":"sum","data":1,"id":"%b"}' % identity.encode()
            for _, identity in said
        ]
        units = []
        for (inbox, _), body in zip(said, bodies, strict=True):
            units += [caller.sub(inbox), publish("sum", body, inbox)]
        caller.say(*units)
        for (inbox, identity), body in zip(said, bodies, strict=True):
            passing = Passing("sum", body, identity, inbox)
            handler.take(passing)
            reply = handler.answer(passing, 2)
            caller.get(passing, reply).leave(passing)

    def ask_apart(self) -> None:
        """Subscribe in a packet of its own, or ask on an inbox twice."""
        caller, handler = self._both()
        inbox = f"_INBOX.{self._next():022}"
        body = b'{"pattern":"sum","data":1,"id":"a%b"}' % inbox.encode()[-20:]
        passing = Passing("sum", body, f"a{inbox[-20:]}", inbox)
        sub = caller.sub(inbox)
        if self.rng.random() < 0.5:
            caller.say(sub)
            caller.say(publish("sum", body, inbox))
        else:
            caller.say(sub, publish("sum", body, inbox))
            caller.say(sub, publish("sum", body, inbox))
        handler.take(passing)
        reply = handler.answer(passing, 2)
        caller.get(passing, reply).leave(passing)

    def split(self) -> None:
        """Cut a unit into two packets."""
        call = self.call()
        data = self._rest_of(call)[0][2]
        call.handler.line.split(SERVER, data, len(data) // 2)
        body = call.handler.answer(call.passing, 1)
        call.caller.get(call.passing, body).leave(call.passing)

    def say_something_else(self) -> None:
        """Say what is not of exchanges."""
        peer = self.rng.choice([*self.callers, *self.handlers])
        if self.rng.random() < 0.5:
            peer.say(b"PING\r\n").hear(b"PONG\r\n")
            return
        units = [
            b"-ERR 'Permissions Violation for Publish to \"x\"'\r\n",
            b"MSG sum 1 2\r\n{}\r\n",
            b"what is this\r\n",
            b"MSG _INBOX.none 1 3\r\n{a}\r\n",
        ]
        peer.hear(self.rng.choice(units))

    def lose(self) -> None:
        """Let the capture lack a packet of a call."""
        call = self.call()
        lost = self.rng.randrange(4)
        for number, (peer, side, data) in enumerate(self._rest_of(call)):
            peer.line.send(side, data, captured=number != lost)

    def resend(self) -> None:
        """Send some packet again while a call goes on, or capture it twice."""
        call = self.call()
        again = self.rng.randrange(4)
        for number, (peer, side, data) in enumerate(self._rest_of(call)):
            peer.line.send(side, data)
            if number == again:
                line = call.caller.line
                self.rng.choice([line.resend, line.copy])(line.records[-1])

    def disorder(self) -> None:
        """Capture the packets of a call in another order."""
        call = self.call()
        begin = len(self.wire.records) - 1
        for peer, side, data in self._rest_of(call):
            peer.line.send(side, data)
        records = self.wire.records
        one, two = (self.rng.randrange(begin, len(records)) for _ in range(2))
        records[one], records[two] = records[two], records[one]

    def _rest_of(self, call: _Call) -> list[tuple[Peer, Side, bytes]]:
        """Return what follows on a request, as who sends what."""
        caller, handler, passing = call
        identity, inbox = str(passing.identity), passing.inbox or ""
        reply = b'{"response":1,"isDisposed":true,"id":"%b"}' % identity.encode()
        number = caller.numbers[inbox]
        return [
            (handler, SERVER, handler.message(passing.subject, passing.body, inbox)),
            (handler, CLIENT, publish(inbox, reply)),
            (caller, SERVER, caller.message(inbox, reply)),
            (caller, CLIENT, b"UNSUB %d\r\n" % number),
        ]

    def hang(self) -> None:
        """Ask, and have no answer, or one so late that it is slow."""
        call = self.call()
        call.handler.take(call.passing)
        if self.rng.random() < 0.5:
            self.wire.wait(self.rng.choice([150, 1_500]) * MILLISECOND)
            body = call.handler.answer(call.passing, 1)
            call.caller.get(call.passing, body).leave(call.passing)

    def come_back(self) -> None:
        """Close a caller's connection, and open another."""
        self._steps.clear()
        self.callers.pop(0).close()
        self.callers.append(self.rng.choice(self.brokers).peer())

    def turn_back(self) -> None:
        """Set the clock back, or ahead."""
        self.wire.now_ns += self.rng.choice([-1, 1]) * 5_000 * MILLISECOND

    def subscribe_late(self) -> None:
        """Let another subscribe to events, perhaps by a wildcard."""
        peer = self.rng.choice(self.brokers).peer()
        peer.subscribe(self.rng.choice(["log", ">"]))
        passing = self.rng.choice(self.callers).emit("log", 7)
        for handler in (self.rng.choice(self.handlers), peer):
            handler.take(passing)

    def delay(self) -> None:
        """Let a packet wait for a delayed ACK of the one before it."""
        call = self.call()
        self.wire.wait(45 * MILLISECOND)
        call.caller.line.ack(SERVER)
        self._spread(self.rng.choice(self.handlers), call.caller.emit("log", 0))


TROUBLES: list[Callable[[Chatter], None]] = [
    Chatter.hand_twice,
    Chatter.answer_twice,
    Chatter.stream,
    Chatter.fail,
    Chatter.tell_a_secret,
    Chatter.answer_oddly,
    Chatter.tell_otherwise,
    Chatter.overhear,
    Chatter.leave_early,
    Chatter.be_refused,
    Chatter.ask_together,
    Chatter.ask_apart,
    Chatter.split,
    Chatter.say_something_else,
    Chatter.lose,
    Chatter.resend,
    Chatter.disorder,
    Chatter.hang,
    Chatter.come_back,
    Chatter.turn_back,
    Chatter.subscribe_late,
    Chatter.delay,
]
"""What is not plain, or only at first sight."""
