"""SDV's Gaussian copula, fitted to each label's rows, every field a category; constraints kept by its own means.

Needs sdv and pyarrow. `settings` of the table in the experiment are handed to the synthesizer.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
from sdv.cag import FixedCombinations
from sdv.metadata import Metadata
from sdv.single_table import GaussianCopulaSynthesizer

folder = pathlib.Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
train = pd.read_parquet(folder / request["train"]).astype(object)
label, fields = request["label"], [field["name"] for field in request["fields"]]
columns = {name: {"sdtype": "categorical"} for name in fields}
metadata = Metadata.load_from_dict({"tables": {"log": {"columns": columns}}})
parts = []
for value, count in request["counts"].items():
    if count > 0:
        np.random.seed(request["seed"] + int(value))
        synthesizer = GaussianCopulaSynthesizer(metadata, **request["settings"])
        groups = [FixedCombinations(column_names=group) for group in request["constraints"]]
        synthesizer.add_constraints(groups)
        synthesizer.fit({"log": train.loc[train[label] == int(value), fields]})
        made = synthesizer.sample(count)["log"]
        parts.append(made.assign(**{label: int(value)}))
pd.concat(parts).to_parquet(folder / request["answer"], index=False)
