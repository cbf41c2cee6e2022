"""Points as the scripts write them: one synchronous request each, without a time, the field as the JSON has it."""

from urllib.parse import urlparse
from urllib.request import urlopen

TAGS = {"location": "Germany"}


def point_writer(url, database, org=None, token=None):
    """A function (measurement, fields) for the server at `url`: by `influxdb` for 1.x, by `influxdb-client` for 2.x."""
    with urlopen(f"{url}/ping", timeout=10) as answer:
        version = answer.headers.get("X-Influxdb-Version", "")
    return writer_1(url, database) if version.startswith("1.") else writer_2(url, database, org, token)


def writer_1(url, database):
    from influxdb import InfluxDBClient

    address = urlparse(url)
    client = InfluxDBClient(host=address.hostname, port=address.port, database=database)
    return lambda measurement, fields: client.write_points(
        [{"measurement": measurement, "tags": TAGS, "fields": fields}]
    )


def writer_2(url, bucket, org, token):
    from influxdb_client import InfluxDBClient
    from influxdb_client.client.write_api import SYNCHRONOUS

    api = InfluxDBClient(url=url, token=token, org=org).write_api(write_options=SYNCHRONOUS)
    return lambda measurement, fields: api.write(
        bucket=bucket, record={"measurement": measurement, "tags": TAGS, "fields": fields}
    )
