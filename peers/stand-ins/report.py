"""What a stand-in tells the test: one JSON object a line on its standard output."""

import json
import time


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def now_ms():
    """Epoch milliseconds, as every stamp of the wire is."""
    return int(time.time() * 1000)
