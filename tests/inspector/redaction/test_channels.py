"""What stands for a wildcard is hidden, and still the same where it was the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.redaction.channels import Channels, Pseudonyms

_ALPHABET = set(b"0123456789abcdefghijklmnopqrstuvwxyz")


def _shown(pattern: str, *names: str) -> list[str]:
    channels = Channels([pattern])
    return [channels.channel(name.encode()).decode() for name in names]


@pytest.mark.parametrize(
    ("pattern", "name", "shown"),
    [
        ("users.*", "users.alice", "users.xxxx1"),
        ("users.*", "users.alice.mail", "users.alice.mail"),
        ("users.*", "users", "users"),
        ("users.*", "groups.alice", "groups.alice"),
        ("users.*", "users.a:b", "users.xx1"),
        ("users.*.mail", "users.alice.mail", "users.xxxx1.mail"),
        ("users.*.mail", "users.alice.post", "users.alice.post"),
        ("users.*.mail", "users.alice", "users.alice"),
        ("*.*", "users.alice", "xxxx1.xxxx2"),
        ("users.>", "users.alice.mail", "users.xxxx1.xxx1"),
        ("users.>", "users", "users"),
        ("users.*.>", "users.alice.mail", "users.xxxx1.xxx1"),
        (">", "users.alice", "xxxx1.xxxx2"),
        (">", "a/b:c.d", "1/2:3.4"),
        ("users/+/#", "users/alice/mail", "users/xxxx1/xxx1"),
        ("user:*", "user:4711", "user:xxx1"),
        ("*", "alice", "xxxx1"),
        ("*", "users.alice", "users.alice"),
        # What a subscription has of wildcards stays, and may stand for what is named.
        ("users.*", "users.*", "users.*"),
        ("users.*", "*.alice", "*.xxxx1"),
        ("users.*.mail", "users.alice.>", "users.xxxx1.>"),
        ("users.*.mail", "users.>", "users.>"),
        (">", "users.>", "xxxx1.>"),
        # What follows such a wildcard may be any word.
        ("users.>", "users.#.alice", "users.#.xxxx1"),
        ("users.*", "#.alice.*.bo", "#.xxxx1.*.x1"),
        # A broker's own, and inboxes.
        (">", "_INBOX.abc", "_INBOX.abc"),
        ("*.*", "$KV.alice", "$KV.alice"),
        ("$KV.*", "$KV.alice", "$KV.xxxx1"),
        ("_INBOX.*", "_INBOX.abc", "_INBOX.xx1"),
        # Bytes count, and blanks part words of a line.
        ("users.*", "users.求和", "users.xxxxx1"),
        (">", "get user", "xx1 xxx1"),
        # Routes that are objects or numbers are one word.
        (">", '{"cmd":"a b","n":42,"t":true}', '{"cmd":"1 2","n":10,"t":true}'),
        ("*", '{"cmd":"sum"}', '{"cmd":"xx1"}'),
        ("users.*", '{"cmd":"sum"}', '{"cmd":"sum"}'),
        (">", "4711", "1000"),
        ("users.*", "4711", "4711"),
    ],
)
def test_what_stands_for_a_wildcard_is_hidden(
    pattern: str, name: str, shown: str
) -> None:
    assert _shown(pattern, name) == [shown]
    assert len(shown.encode()) == len(name.encode())


def test_the_same_word_becomes_the_same_and_another_another() -> None:
    assert _shown(
        "*.*", "users.alice", "users.carol", "posts.alice", "users.carol"
    ) == [
        "xxxx1.xxxx2",
        "xxxx1.xxxx3",
        "xxxx4.xxxx2",
        "xxxx1.xxxx3",
    ]


def test_several_patterns_hide_what_each_of_them_does() -> None:
    channels = Channels(["users.*.*", "*.*.mail", "*"])

    assert channels.channel(b"users.alice.mail") == b"xxxx1.xxxx2.xxx1"
    assert channels.channel(b"posts.alice.text") == b"posts.alice.text"
    assert channels.channel(b"alice") == b"xxxx2"


@given(st.lists(st.binary(min_size=1, max_size=3), max_size=200))
def test_no_two_words_become_the_same_as_long_as_there_are_enough(
    words: list[bytes],
) -> None:
    known = Pseudonyms()
    words = [each.replace(b" ", b"_") for each in words]
    shown = {each: known.of(each) for each in words if len(each) > 1}

    assert len(set(shown.values())) == len(shown)
    assert all(len(each) == len(word) for word, each in shown.items())
    assert all(known.of(word) == each for word, each in shown.items())


def test_of_more_words_than_are_numbered_each_still_becomes_the_same() -> None:
    known, other = Pseudonyms(3), Pseudonyms(3)
    words = [b"alice%d" % number for number in range(10)]
    first, second = ([each.of(word) for word in words] for each in (known, other))

    assert first[:3] == second[:3] == [b"xxxxx1", b"xxxxx2", b"xxxxx3"]
    assert len(set(first)) == 10
    assert first == [known.of(word) for word in words]
    assert first[3:] != second[3:]  # by a key of the run: nobody can try all words
    assert not set(first) & set(words)
    assert all(set(each) <= _ALPHABET for each in first)


def test_words_that_are_long_or_too_many_of_a_length_are_not_remembered() -> None:
    known = Pseudonyms()
    long = known.of(b"a" * 300)
    short = [known.of(bytes([each])) for each in range(33, 127)]

    assert long == known.of(b"a" * 300) != b"x" * 300
    assert len(long) == 300
    assert known.of(b"b" * 300) != long
    assert all(len(each) == 1 for each in short)
    assert len(set(short[:34])) == 34
    assert set(b"".join(short)) <= _ALPHABET


def test_numbers_become_numbers() -> None:
    known = Pseudonyms(100)
    shown = [known.of(b"%d" % each, number=True) for each in range(10, 100)]
    more = [known.of(b"%d" % each, number=True) for each in range(1_000, 1_200)]

    assert shown == [b"%d" % each for each in range(10, 100)]
    assert all(1_000 <= json.loads(each) < 10_000 for each in more)
    assert known.of(b"7777777") != known.of(b"7777777", number=True)


@pytest.mark.parametrize(
    ("pattern", "text", "shown"),
    [
        (
            "users.*",
            '{"pattern":"users.al","data":1}',
            '{"pattern":"users.x1","data":1}',
        ),
        ("users.*", '{"data":{"pattern":"users.al"}}', None),
        ("users.*", '{"data":"pattern","id":"users.al"}', None),
        ("users.*", '{"pattern":"posts.al"}', None),
        (
            "*",
            '{"pattern":{"cmd":"al"},"data":{"cmd":"al"}}',
            '{"pattern":{"cmd":"x1"},"data":{"cmd":"al"}}',
        ),
        (">", '{"pattern": {"cmd" : "al"} }', '{"pattern": {"cmd" : "x1"} }'),
        (">", '{"pattern":42}', '{"pattern":10}'),
        (
            "*",
            '{"pattern":"a\\nlice","data":"\\n"}',
            '{"pattern":"xxxxxxx","data":"\\n"}',
        ),
        ("*", '{"p\\u0061ttern":"al"}', '{"p\\u0061ttern":"x1"}'),
        ("*", '{"pattern":"al","pattern":"bo"}', '{"pattern":"x1","pattern":"x2"}'),
        ("*", '{"pattern":"求"}', '{"pattern":"xx1"}'),
        ("*", '{"pattern":"al', '{"pattern":"xx'),
        ("*", "5", None),
        ("*", '["pattern","al"]', None),
    ],
)
def test_the_pattern_in_a_packet_is_hidden_as_its_channel_is(
    pattern: str, text: str, shown: str | None
) -> None:
    found = Channels([pattern]).pattern(text.encode()).decode()

    assert found == (text if shown is None else shown)
    assert len(found.encode()) == len(text.encode())


@given(st.binary(max_size=40), st.sampled_from(["*", ">", "a.*", "*/b"]))
def test_whatever_the_bytes_they_keep_their_length(data: bytes, pattern: str) -> None:
    channels = Channels([pattern])
    text = b'{"pattern":"%b"}' % data

    assert len(channels.channel(data)) == len(data)
    assert len(channels.pattern(text)) == len(text)
    assert channels.channel(data).count(b" ") == data.count(b" ")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "'' is not a channel like users.*.orders"),
        ("users..*", "'users..*' is not a channel like users.*.orders"),
        ("users *", "'users *' is not a channel like users.*.orders"),
        ("users.*/a", "'users.*/a' is not a channel like users.*.orders"),
        ("users.>.a", "'users.>.a' has words after the rest"),
        ("users", "'users' has no * for a word that is hidden, nor > for the rest"),
        (
            "users.a*",
            "'users.a*' has no * for a word that is hidden, nor > for the rest",
        ),
    ],
)
def test_a_pattern_has_to_say_what_it_hides(pattern: str, why: str) -> None:
    with pytest.raises(InspectorError) as error:
        Channels([pattern])

    assert str(error.value) == f"--redact-channel: {why}"
