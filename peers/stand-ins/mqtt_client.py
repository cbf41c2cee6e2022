"""MQTT 3.1.1 as the scripts speak it: a fixed client identifier, a user name, a clean session."""

import paho.mqtt.client as paho

from report import say


def connect(client_id, address, on_connect=None, on_message=None):
    """Tells `disconnected` whenever the broker ends the connection, as it does when another takes the identifier."""
    host, port = address.rsplit(":", 1)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv311)
    client.username_pw_set("twin", "any")

    def connected(client, _userdata, _flags, reason, _properties):
        if reason.is_failure:
            raise SystemExit(f"the broker refused {client_id}: {reason}")
        if on_connect:
            on_connect(client)
        else:
            say("ready")

    def disconnected(_client, _userdata, _flags, reason, _properties):
        say("disconnected", reason=str(reason))

    client.on_connect = connected
    client.on_disconnect = disconnected
    client.on_message = on_message
    client.connect(host, int(port))
    return client
