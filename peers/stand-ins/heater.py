"""Kafka to the board: the command for the heater when a record says 1, or when it is warm enough.

Usage: heater.py KAFKA_BROKERS TOPIC GROUP PORT says-one|warm
"""

import json
import sys

import serial

from kafka_client import records
from report import say

WARM_CELSIUS = 24.0
RULES = {
    "says-one": lambda value: value == 1,
    "warm": lambda value: value["Ambient Temperature"] >= WARM_CELSIUS,
}


def command():
    """Command, three message bytes, fill; then the two's complement of their sum."""
    body = bytes([0x00, 0x00, 0x00, 0x00, 0x00])
    return body + bytes([(256 - sum(body)) % 256])


def main(brokers, topic, group, port, rule):
    board = serial.Serial(port, 38400, timeout=0.05)
    for record in records(brokers, [topic], group):
        heats = RULES[rule](json.loads(record.value))
        if heats:
            board.write(command())
        say("heard", raw=record.value.decode("utf-8"), heats=heats)


main(*sys.argv[1:])
