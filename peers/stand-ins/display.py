"""Kafka to the screen: shows every record from now on.

Usage: display.py KAFKA_BROKERS TOPIC
"""

import json
import sys

from kafka_client import records
from report import now_ms, say


def main(brokers, topic):
    for record in records(brokers, [topic]):
        reading = json.loads(record.value)
        reading["Kafka_Timestamp"] = now_ms()
        say(
            "record",
            raw=record.value.decode("utf-8"),
            bareKey=record.key is None,
            headers=len(record.headers or []),
            reading=reading,
        )


main(*sys.argv[1:])
