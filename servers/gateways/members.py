"""What is in a JSON object, or in an array, each as the JSON text that it was."""

from __future__ import annotations

import msgspec

from protocol import dumps, loads

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


def members_of(text: bytes | str) -> dict[str, bytes]:
    """Return the members of an object by name; none of anything else.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        return {name: bytes(each) for name, each in _object(text).items()}
    except (msgspec.MsgspecError, UnicodeError):  # or half of a surrogate pair
        value = loads(text)
    if not isinstance(value, dict):
        return {}
    return {name: dumps(each) for name, each in value.items()}


def elements_of(text: str) -> list[bytes]:
    """Return the elements of an array.

    Raises:
        ValueError: The text is no array.
    """
    try:
        return [bytes(each) for each in _array(text)]
    except (msgspec.MsgspecError, UnicodeError):  # or half of a surrogate pair
        value = loads(text)
    if not isinstance(value, list):
        raise ValueError("no array")  # noqa: TRY004 — it is parsed
    return [dumps(each) for each in value]
