"""Kafka to MQTT: every record goes on at QoS 0 with a Bridge_Timestamp of its own.

Usage: unbridge.py KAFKA_BROKERS KAFKA_TOPIC MQTT_HOST:PORT MQTT_TOPIC
"""

import json
import sys

from kafka_client import records
from mqtt_client import connect
from report import now_ms, say


def main(brokers, kafka_topic, address, mqtt_topic):
    client = connect("Kafka MQTT Bridge", address, on_connect=lambda _: None)
    client.loop_start()
    for record in records(brokers, [kafka_topic]):
        reading = json.loads(record.value)
        reading["Bridge_Timestamp"] = now_ms()
        client.publish(mqtt_topic, json.dumps(reading), qos=0)
        say("bridged", payload=record.value.decode("utf-8"))


main(*sys.argv[1:])
