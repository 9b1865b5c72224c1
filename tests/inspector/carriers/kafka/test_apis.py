from __future__ import annotations

from inspector.carriers.kafka.apis import APIS, PRODUCE, SASL_AUTHENTICATE

# Versions, encodings and names are compared with kio's in test_oracles.


def test_what_may_hold_secrets_of_others_is_not_shown() -> None:
    closed = {api.name for api in APIS.values() if not api.open}

    assert APIS[PRODUCE].open
    assert APIS[SASL_AUTHENTICATE].open  # but for its token
    assert closed >= {"AlterConfigs", "CreateDelegationToken", "CreateTopics"}
