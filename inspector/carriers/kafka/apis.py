"""The requests that there are: their keys, names, versions, and what may be shown.

Source: https://kafka.apache.org/protocol, "API Keys"; the messages of Apache Kafka 4.1
(``clients/src/main/resources/common/message``), which the tests compare by ``kio``.
"""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

PRODUCE, FETCH, LIST_OFFSETS, METADATA = 0, 1, 2, 3
OFFSET_COMMIT, OFFSET_FETCH, FIND_COORDINATOR = 8, 9, 10
JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP = 11, 12, 13, 14
SASL_HANDSHAKE, API_VERSIONS, CREATE_TOPICS = 17, 18, 19
INIT_PRODUCER_ID, ADD_PARTITIONS, ADD_OFFSETS, END_TXN = 22, 24, 25, 26
TXN_OFFSET_COMMIT, SASL_AUTHENTICATE = 28, 36
NEVER = 1 << 15
"""The first compact version of an API that has none."""


class Api(NamedTuple):
    """A kind of request.

    Attributes:
        name: What it is called.
        latest: The last version that is known.
        compact: The first version with compact fields and tags.
        open: Whether nothing in it is ever to be concealed, but what is named as such.
    """

    name: str
    latest: int
    compact: int
    open: bool = False


APIS: dict[int, Api] = {
    PRODUCE: Api("Produce", 13, 9, open=True),
    FETCH: Api("Fetch", 18, 12, open=True),
    LIST_OFFSETS: Api("ListOffsets", 11, 6, open=True),
    METADATA: Api("Metadata", 13, 9, open=True),
    OFFSET_COMMIT: Api("OffsetCommit", 10, 8, open=True),
    OFFSET_FETCH: Api("OffsetFetch", 10, 6, open=True),
    FIND_COORDINATOR: Api("FindCoordinator", 6, 3, open=True),
    JOIN_GROUP: Api("JoinGroup", 9, 6, open=True),
    HEARTBEAT: Api("Heartbeat", 4, 4, open=True),
    LEAVE_GROUP: Api("LeaveGroup", 5, 4, open=True),
    SYNC_GROUP: Api("SyncGroup", 5, 4, open=True),
    15: Api("DescribeGroups", 6, 5),
    16: Api("ListGroups", 5, 3),
    SASL_HANDSHAKE: Api("SaslHandshake", 1, NEVER, open=True),
    API_VERSIONS: Api("ApiVersions", 5, 3, open=True),
    CREATE_TOPICS: Api("CreateTopics", 7, 5),
    20: Api("DeleteTopics", 6, 4),
    21: Api("DeleteRecords", 2, 2),
    INIT_PRODUCER_ID: Api("InitProducerId", 6, 2, open=True),
    23: Api("OffsetForLeaderEpoch", 4, 4, open=True),
    ADD_PARTITIONS: Api("AddPartitionsToTxn", 5, 3, open=True),
    ADD_OFFSETS: Api("AddOffsetsToTxn", 4, 3, open=True),
    END_TXN: Api("EndTxn", 5, 3, open=True),
    27: Api("WriteTxnMarkers", 2, 1),
    TXN_OFFSET_COMMIT: Api("TxnOffsetCommit", 5, 3, open=True),
    29: Api("DescribeAcls", 3, 2),
    30: Api("CreateAcls", 3, 2),
    31: Api("DeleteAcls", 3, 2),
    32: Api("DescribeConfigs", 4, 4),
    33: Api("AlterConfigs", 2, 2),
    35: Api("DescribeLogDirs", 5, 2),
    SASL_AUTHENTICATE: Api("SaslAuthenticate", 2, 2, open=True),
    37: Api("CreatePartitions", 3, 2),
    38: Api("CreateDelegationToken", 3, 2),
    39: Api("RenewDelegationToken", 2, 2),
    40: Api("ExpireDelegationToken", 2, 2),
    41: Api("DescribeDelegationToken", 3, 2),
    42: Api("DeleteGroups", 2, 2),
    43: Api("ElectLeaders", 2, 2),
    44: Api("IncrementalAlterConfigs", 1, 1),
    47: Api("OffsetDelete", 0, NEVER),
    48: Api("DescribeClientQuotas", 1, 1),
    50: Api("DescribeUserScramCredentials", 0, 0),
    51: Api("AlterUserScramCredentials", 0, 0),
    60: Api("DescribeCluster", 2, 0),
    61: Api("DescribeProducers", 0, 0),
    65: Api("DescribeTransactions", 0, 0),
    66: Api("ListTransactions", 2, 0),
    68: Api("ConsumerGroupHeartbeat", 1, 0),
    69: Api("ConsumerGroupDescribe", 1, 0),
    71: Api("GetTelemetrySubscriptions", 0, 0),
    72: Api("PushTelemetry", 0, 0),
    75: Api("DescribeTopicPartitions", 0, 0),
}
"""API key → what it is; those among brokers alone are not there."""
