"""Kafka to delays: where each record of the reading topic and of the model's topic spent its time, into InfluxDB.

Usage: latency.py KAFKA_BROKERS READING_TOPIC MODEL_TOPIC INFLUX_URL DATABASE [ORG TOKEN]
"""

import json
import sys

from influx_points import point_writer
from kafka_client import records
from report import now_ms, say


def delays_of(reading, is_of_model):
    now = now_ms()
    if is_of_model:
        processed = reading["Matlab_Processed_TimeMs"]
        return {
            "Bridge Matlab Time diff": processed - reading["Bridge_Timestamp"],
            "Matlab Kafka Time diff": now - processed,
        }
    return {
        "MQTT Bridge Time Diff": reading["Bridge_Timestamp"] - reading["MQTT_Timestamp"],
        "Bridge_Kafka_Time Diff": now - reading["Bridge_Timestamp"],
    }


def main(brokers, reading_topic, model_topic, *server):
    write = point_writer(*server)
    for record in records(brokers, [reading_topic, model_topic]):
        reading = json.loads(record.value)
        delays = delays_of(reading, record.topic == model_topic)
        for label, delay in delays.items():
            write("Timestamp", {label: delay})
        say("delays", topic=record.topic, delays=delays, sequence=reading.get("Sequence"))


main(*sys.argv[1:])
