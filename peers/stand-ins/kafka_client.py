"""Kafka as the scripts speak it: records without key, headers or compression; consumers that begin at the latest."""

import json
import signal
import sys
import uuid

import kafka.codec
from kafka import KafkaConsumer, KafkaProducer

from report import say

# The scripts install no codec, and gzip is built in: a compressed batch is an error here, so that a test sees it.
kafka.codec.has_gzip = lambda: False


def to_json(value):
    return json.dumps(value).encode("utf-8")


def producer(brokers, serialise=to_json):
    return KafkaProducer(bootstrap_servers=brokers.split(","), value_serializer=serialise)


def records(brokers, topics, group=None):
    """The records of topics from now on, or from where the group was. Tells `ready` when every partition has its position.

    SIGTERM ends it in order: what was handed out is committed.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    consumer = KafkaConsumer(
        *topics,
        bootstrap_servers=brokers.split(","),
        group_id=group or f"stand-in-{uuid.uuid4()}",
        auto_offset_reset="latest",
    )
    first = []
    while not first and not consumer.assignment():
        first = flat(consumer.poll(timeout_ms=100))
    for partition in consumer.assignment():
        consumer.position(partition)
    say("ready")
    try:
        yield from first
        yield from consumer
    finally:
        consumer.close()


def flat(polled):
    return [record for batch in polled.values() for record in batch]
