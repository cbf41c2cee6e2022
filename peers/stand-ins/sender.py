"""Sends what stands on its standard input, a JSON value a line: by MQTT as text, or to Kafka (null is a tombstone).

Usage: sender.py mqtt HOST:PORT TOPIC | sender.py kafka BROKERS TOPIC
"""

import json
import sys

from kafka_client import producer, to_json
from mqtt_client import connect
from report import say


def to_mqtt(address, topic):
    client = connect("MQTT Python Publisher", address)
    client.loop_start()
    for line in sys.stdin:
        client.publish(topic, json.dumps(json.loads(line)), qos=0).wait_for_publish(10)
        say("sent")


def to_kafka(brokers, topic):
    kafka = producer(brokers, lambda value: None if value is None else to_json(value))
    say("ready")
    for line in sys.stdin:
        value = json.loads(line)
        kafka.send(topic, key=b"gone" if value is None else None, value=value).get(10)
        say("sent")


{"mqtt": to_mqtt, "kafka": to_kafka}[sys.argv[1]](*sys.argv[2:])
