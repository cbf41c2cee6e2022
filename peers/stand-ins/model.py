"""Kafka to Kafka: a model that adds the absolute humidity and the time at which it was done.

Usage: model.py KAFKA_BROKERS TOPIC_IN TOPIC_OUT
"""

import json
import math
import sys

from kafka_client import producer, records
from report import now_ms, say


def absolute_humidity(celsius, percent):
    """Grams of water per cubic metre: saturation pressure by Magnus, then the ideal gas law."""
    saturation_pa = 611.2 * math.exp(17.62 * celsius / (243.12 + celsius))
    return 2.16679 * saturation_pa * percent / 100 / (273.15 + celsius)


def main(brokers, topic_in, topic_out):
    kafka = producer(brokers)
    for record in records(brokers, [topic_in]):
        reading = json.loads(record.value)
        reading["Abs_Humidity"] = absolute_humidity(reading["Ambient Temperature"], reading["Ambient Humidity"])
        reading["Matlab_Processed_TimeMs"] = now_ms()
        kafka.send(topic_out, value=reading)
        say("modelled", raw=record.value.decode("utf-8"))


main(*sys.argv[1:])
