"""Kafka to InfluxDB: both ambient values of every record, each with the type that it has in the JSON.

Usage: ingestion.py KAFKA_BROKERS TOPIC GROUP INFLUX_URL DATABASE [ORG TOKEN]
"""

import json
import sys

from influx_points import point_writer
from kafka_client import records
from report import say

FIELDS = {"Temperature": "Ambient Temperature", "Humidity": "Ambient Humidity"}


def main(brokers, topic, group, *server):
    write = point_writer(*server)
    for record in records(brokers, [topic], group):
        reading = json.loads(record.value)
        for measurement, key in FIELDS.items():
            write(measurement, {key: reading[key]})
        say("stored")


main(*sys.argv[1:])
