"""Board to MQTT: reads Nucleo frames from a serial port and publishes them at QoS 0.

Usage: publisher.py PORT MQTT_HOST:PORT TOPIC
"""

import json
import sys

import serial

from mqtt_client import connect
from report import now_ms, say

KEYS = [
    "Ambient Temperature",
    "Ambient Humidity",
    "Wall1 Temperature",
    "Wall1 Humidity",
    "Wall2 Temperature",
    "Wall2 Humidity",
]
HEADER = bytes(4)
VALUES_AT = 10


def reading_of(frame):
    raw = [int.from_bytes(frame[at : at + 2], "big") for at in range(VALUES_AT, VALUES_AT + 2 * len(KEYS), 2)]
    return {key: value / 100 for key, value in zip(KEYS, raw)}


def main(port, address, topic):
    board = serial.Serial(port, 38400, timeout=0.05)
    client = connect("MQTT Python Publisher", address)
    client.loop_start()
    while True:
        chunk = board.read(100)
        # A chunk is a frame only when it begins as one; whatever else has come is thrown away.
        if not chunk.startswith(HEADER) or len(chunk) < VALUES_AT + 2 * len(KEYS):
            continue
        payload = json.dumps({**reading_of(chunk), "MQTT_Timestamp": now_ms()})
        client.publish(topic, payload, qos=0)
        say("published", payload=payload)
        board.reset_input_buffer()


main(*sys.argv[1:])
