#!/usr/bin/env python3
"""Seconds and memory of `synthctr evaluate` by rows and by fields.

    cargo build --release
    python3 scripts/evaluate_scale.py --out reports/evaluate/scale.json
    python3 scripts/evaluate_scale.py --data-dir data --out reports/evaluate/scale.json

Tables are made up: latent classes, fields of 2 to 5,000 categories. With --data-dir, Frappe's training
rows are measured too, with 100,000 rows of `synthctr generate` and its validation and test rows held
out. Needs no package besides Python 3.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

CATEGORIES = [2, 1000, 5000, 7, 7, 2, 3, 9, 80, 230]


def write_table(path, rows, fields, seed):
    """A label and fields whose distributions hang on one of twenty classes."""
    draw = random.Random(seed)
    sizes = [CATEGORIES[field % len(CATEGORIES)] for field in range(fields)]
    with open(path, "w", encoding="ascii") as out:
        out.write("label," + ",".join(f"f{field}" for field in range(fields)) + "\n")
        for _ in range(rows):
            kind = int(20 * draw.random() ** 2)
            codes = (
                (kind * 7919 * (field + 1) + int(size * draw.random() ** 3)) % size
                for field, size in enumerate(sizes)
            )
            label = int(draw.random() < 0.2 + 0.02 * kind)
            out.write(f"{label}," + ",".join(map(str, codes)) + "\n")


def evaluate(program, real, synthetic, holdout, folder, more=()):
    """The seconds of each part, those of the whole, and the peak memory in 10^6 bytes."""
    out = folder / "out.json"
    command = [program, "evaluate", "--real", real, "--synthetic", synthetic, "--holdout", holdout]
    command += ["--label", "label", "--no-yardsticks", "--json", out, *more]
    start = os.times()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    elapsed = os.times().elapsed - start.elapsed
    parts = json.loads(out.read_text())["seconds"]
    return {**parts, "all": round(elapsed, 2), "peak_mb": round(usage.ru_maxrss * 1024 / 1e6)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="target/release/synthctr")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--rows", default="10000,30000,100000,300000")
    parser.add_argument("--fields", default="5,10,20,40")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    program = Path(arguments.program).resolve()
    shapes = [(int(rows), 10) for rows in arguments.rows.split(",")]
    shapes += [(30000, int(fields)) for fields in arguments.fields.split(",")]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for rows, fields in dict.fromkeys(shapes):
            names = ["real.csv", "synthetic.csv", "holdout.csv"]
            for seed, (name, share) in enumerate(zip(names, [1.0, 0.5, 0.4])):
                write_table(folder / name, int(rows * share), fields, seed)
            chosen = "--categorical=" + ",".join(f"f{field}" for field in range(fields))
            figures = evaluate(program, *(folder / name for name in names), folder, [chosen])
            results.append({"data": "made up", "rows": rows, "fields": fields, **figures})
            print(json.dumps(results[-1]), flush=True)
        if arguments.data_dir:
            data = arguments.data_dir / "frappe_x1"
            held = folder / "holdout.csv"
            valid, test = ((data / f"{part}.csv").read_text().splitlines(True)
                           for part in ("valid", "test"))
            held.write_text("".join(valid + test[1:]))
            fake = folder / "fake.csv"
            command = [program, "generate", "--real", data / "train.csv", "--label", "label"]
            command += ["--method", "gaussian-copula", "--rows", "100000", "--out", fake]
            subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            rows = sum(1 for _ in open(data / "train.csv", encoding="ascii")) - 1
            figures = evaluate(program, data / "train.csv", fake, held, folder)
            results.append({"data": "frappe_x1", "rows": rows, "fields": 10, **figures})
            print(json.dumps(results[-1]), flush=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
