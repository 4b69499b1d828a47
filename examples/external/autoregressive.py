"""Draws every field given the label and the field before it, as often as train holds the two together.
So constraints hold that tie neighbours together, and no others.

Needs pandas and pyarrow.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd

folder = pathlib.Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
train = pd.read_parquet(folder / request["train"]).astype(object).fillna("")
label, fields = request["label"], [field["name"] for field in request["fields"]]
rng = np.random.default_rng(request["seed"])
parts = []
for value, count in request["counts"].items():
    real = train[train[label] == int(value)]
    rows = pd.DataFrame({label: int(value), fields[0]: rng.choice(real[fields[0]], count)})
    for before, field in zip(fields, fields[1:]):
        follow = {key: group.to_numpy() for key, group in real.groupby(before)[field]}
        rows[field] = [rng.choice(follow[key]) for key in rows[before]]
    parts.append(rows)
pd.concat(parts).to_parquet(folder / request["answer"], index=False)
