#!/usr/bin/env python3
"""SDMetrics' closest records beside synthctr's, per pair of rows.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-sdmetrics.txt
    cargo build --release
    venv/bin/python scripts/peers/sdmetrics_closest.py data/frappe_x1 --out reports/evaluate/closest.json

SDMetrics compares a slice of Frappe's training rows with another slice, since all would take hours.
synthctr evaluates 100,000 drawn rows against all; its figure is the whole part "distances" of
`evaluate --json`: closest and second closest rows in train, in the holdout, in as many rows of train as
the holdout has, and of as many random rows; SDMetrics' is one search for the closest. Medians of three.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr

SLICE = (1000, 4000)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--program", default="target/release/synthctr")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    program = str(Path(arguments.program).resolve())
    train = pd.read_csv(arguments.data / "train.csv")
    held = pd.concat(pd.read_csv(arguments.data / f"{part}.csv") for part in ("valid", "test"))
    metadata = {"columns": {name: {"sdtype": "categorical"} for name in train.columns}}
    queries, rows = train.tail(SLICE[0]).astype(str), train.head(SLICE[1]).astype(str)
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        held.to_csv(folder / "held.csv", index=False)
        fit = ["generate", "--real", arguments.data / "train.csv", "--label", "label"]
        fit += ["--method", "gaussian-copula", "--rows", arguments.rows, "--out", folder / "fake.csv"]
        subprocess.run([program, *map(str, fit)], check=True, capture_output=True)
        evaluate = ["evaluate", "--real", arguments.data / "train.csv", "--synthetic"]
        evaluate += [folder / "fake.csv", "--holdout", folder / "held.csv", "--label", "label"]
        evaluate += ["--no-yardsticks", "--json", folder / "out.json"]
        for _ in range(3):
            start = time.perf_counter()
            calculate_dcr(queries, rows, metadata)
            theirs.append(time.perf_counter() - start)
            subprocess.run([program, *map(str, evaluate)], check=True, capture_output=True)
            ours.append(json.loads((folder / "out.json").read_text())["seconds"]["distances"])
    a_second = SLICE[0] * SLICE[1] / statistics.median(theirs)
    pairs = arguments.rows * len(train)
    result = {
        "sdmetrics": version("sdmetrics"),
        "sdmetrics_slice": SLICE,
        "sdmetrics_seconds": theirs,
        "sdmetrics_hours_for_all": round(pairs / a_second / 3600, 1),
        "synthctr_rows": [arguments.rows, len(train)],
        "synthctr_seconds_of_all_distances": ours,
        "ratio_per_pair": round(pairs / a_second / statistics.median(ours)),
    }
    print(json.dumps(result, indent=1))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
