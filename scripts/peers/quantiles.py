#!/usr/bin/env python3
"""Records what scikit-learn's QuantileTransformer makes of numbers.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-quantiles.txt
    venv/bin/python scripts/peers/quantiles.py > tests/fixtures/quantiles.json

With the options that TabDDPM's authors take. Columns are not written: a formula gives the value of
each row (`COLUMNS` below), and the test makes the same ones. Written for each column:

    rows        their number
    quantiles   those learned, every `STRIDE`th
    numbers, scores   quantiles, values of rows, numbers between and beyond them, and their scores
    z, inverse  scores, and the numbers that they stand for
"""

import json
import warnings

import numpy as np
from sklearn.preprocessing import QuantileTransformer

STRIDE = 7

# Rows, and the value of row i.
COLUMNS = {
    # Ids, a few of which are most rows.
    "ids": (3000, lambda i: float((i * i % 1009) ** 2 // 5000)),
    # More rows than the number of quantiles grows with.
    "long": (31000, lambda i: float(i * 7919 % 30011 // 3)),
    # The quantiles' places are whole numbers.
    "few": (271, lambda i: float(i % 7 // 3)),
    "ends": (600, lambda i: float(min(max(i % 10 - 2, 0), 4))),
    "constant": (50, lambda i: 5.0),
    "continuous": (1009, lambda i: float(np.sqrt(i * 7919 % 1009 + 0.5) - 12.0)),
    "wide": (200, lambda i: float((i * 37 % 199) ** 3 * -1000)),
    "short": (7, lambda i: float(i * i % 7)),
    "single": (1, lambda i: 3.0),
}


def record(rows, value):
    column = np.array([[value(i)] for i in range(rows)])
    transformer = QuantileTransformer(
        output_distribution="normal",
        n_quantiles=max(min(rows // 30, 1000), 10),
        subsample=10**9,
        random_state=0,
    ).fit(column)
    quantiles = transformer.quantiles_[:, 0]
    low, high = quantiles[0], quantiles[-1]
    beyond = [low - 1.0, low - 1e-8, high + 1.0]
    if low < high:
        beyond += [low + 1e-8, high - 1e-8, high + 1e-8]
    between = np.linspace(low, high, 23)[1:-1]
    numbers = np.concatenate([quantiles[::STRIDE], column[::53, 0], between, beyond])
    numbers = np.unique(numbers)
    z = np.concatenate([np.linspace(-6.0, 6.0, 49), [-9.0, 9.0, -5.19, 5.19, 0.1, 1 / 3]])
    return {
        "rows": rows,
        "quantiles": quantiles[::STRIDE].tolist(),
        "numbers": numbers.tolist(),
        "scores": transformer.transform(numbers[:, None])[:, 0].tolist(),
        "z": z.tolist(),
        "inverse": transformer.inverse_transform(z[:, None])[:, 0].tolist(),
    }


warnings.simplefilter("ignore")
recorded = {name: record(*column) for name, column in COLUMNS.items()}
lines = (f'"{name}": {json.dumps(column)}' for name, column in recorded.items())
print("{\n" + ",\n".join(lines) + "\n}")
