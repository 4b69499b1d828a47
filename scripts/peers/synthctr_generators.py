#!/usr/bin/env python3
"""Trains synthctr's generators as sdv_generators.py trains the published ones, and scores them.

    cargo build --release --example synthesise
    venv/bin/python scripts/peers/sdv_generators.py sample TRAIN_CSV 20000 1 contexts.csv --drop user,item
    venv/bin/python scripts/peers/synthctr_generators.py contexts contexts.csv \\
        target/release/examples/synthesise tvae,ctgan,copula-gan,tabddpm 1,2,3

Prints one line of JSON for each training, with the columns of sdv_generators.py's. The settings
below are those of the published packages' runs (see there), so a line here stands beside one there.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import pandas as pd

from sdv_generators import scores

SETTINGS = {
    "contexts": {
        "tvae": "epochs = 100",
        "ctgan": "epochs = 30",
        "copula-gan": "ctgan = { epochs = 30 }",
        "tabddpm": "steps = 2000",
    },
    "all": {
        "tvae": "epochs = 30",
        "ctgan": "epochs = 10",
        "copula-gan": "ctgan = { epochs = 10 }",
        "tabddpm": "steps = 300",
    },
}
TABDDPM = """
timesteps = 100
hidden_units = [256, 256]
embedding_dim = 128
learning_rate = 1e-3
batch_size = 1024
"""


def main():
    name, real, binary, methods, seeds = sys.argv[1:6]
    frame = pd.read_csv(real, dtype=str)
    for seed in seeds.split(","):
        for method in methods.split(","):
            settings = f'generator = "{method}"\n{SETTINGS[name][method]}\n'
            settings += TABDDPM if method == "tabddpm" else ""
            with tempfile.TemporaryDirectory() as folder:
                out = pathlib.Path(folder) / "synthetic.csv"
                told = subprocess.run(
                    [binary, real, settings, seed, str(out)],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
                line = {"set": name, "method": method, "seed": int(seed)}
                line |= json.loads(told)
                line["score"] = scores(frame, pd.read_csv(out, dtype=str))
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
