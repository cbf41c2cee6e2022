"""Times statsmodels on the series of series-speed.ts; prints milliseconds as JSON, best of two or of half a second."""

import json
import time
import warnings

import numpy as np
from statsmodels.regression.linear_model import OLS
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.seasonal import STL, seasonal_decompose

warnings.simplefilter("ignore")


def series(n):
    i = np.arange(n)
    noise = np.fmod(np.sin(i * 12.9898) * 43758.5453, 1)
    return 20 + 0.5 * np.sin(2 * np.pi * i / 1440) + 2 * np.sin(2 * np.pi * i / 24) + noise


def holt_winters(y):
    return ExponentialSmoothing(y, trend="add", seasonal="add", seasonal_periods=24, initialization_method="estimated").fit()


TASKS = {
    "classical p24": (1_000_000, lambda y: seasonal_decompose(y, period=24)),
    "classical p1440": (1_000_000, lambda y: seasonal_decompose(y, period=1440)),
    "stl p24": (100_000, lambda y: STL(y, period=24).fit()),
    "stl robust p24": (100_000, lambda y: STL(y, period=24, robust=True).fit()),
    "holt-winters add p24": (1000, holt_winters),
    "linear": (1_000_000, lambda y: OLS(y, np.column_stack([np.ones(len(y)), np.arange(len(y))])).fit()),
}

result = {}
for name, (n, run) in TASKS.items():
    y = series(n)
    best = float("inf")
    rounds, start = 0, time.perf_counter()
    while rounds < 2 or time.perf_counter() - start < 0.5:
        rounds += 1
        began = time.perf_counter()
        run(y)
        best = min(best, 1000 * (time.perf_counter() - began))
    result[name] = best
print(json.dumps(result))
