"""Which routing keys the binding of a queue covers."""

from __future__ import annotations


def covers_key(binding: str, key: str) -> bool:
    """Whether what is sent with a routing key reaches who has bound another to it.

    Source: ``rabbitmq.com/tutorials``, topics: ``*`` is one word, ``#`` any number.
    """
    if binding == key:
        return True
    words = key.split(".")
    reached = {0}  # how many words the binding may have taken until here
    for each in binding.split("."):
        if each == "#":
            reached = set(range(min(reached), len(words) + 1)) if reached else set()
        else:
            fitting = {at for at in reached if at < len(words)}
            reached = {at + 1 for at in fitting if each in {"*", words[at]}}
    return len(words) in reached
