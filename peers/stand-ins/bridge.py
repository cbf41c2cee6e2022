"""MQTT to Kafka: every JSON object goes on with a Bridge_Timestamp; anything else ends this.

Usage: bridge.py MQTT_HOST:PORT MQTT_TOPIC KAFKA_BROKERS KAFKA_TOPIC
"""

import json
import sys

from kafka_client import producer
from mqtt_client import connect
from report import now_ms, say


def main(address, mqtt_topic, brokers, kafka_topic):
    kafka = producer(brokers)

    def bridge(_client, _userdata, message):
        reading = json.loads(message.payload)
        reading["Bridge_Timestamp"] = now_ms()
        kafka.send(kafka_topic, value=reading)
        say("bridged", payload=message.payload.decode("utf-8"), qos=message.qos)

    client = connect(
        "MQTT Kafka Bridge", address, on_connect=lambda client: client.subscribe(mqtt_topic, qos=0), on_message=bridge
    )
    client.on_subscribe = lambda *_: say("ready")
    client.loop_forever()


main(*sys.argv[1:])
