#!/usr/bin/env python3
"""Seconds and memory by rows, from ten thousand to ten million.

    cargo build --release
    python3 scripts/scale.py --out reports/scale/scale.json                  # an hour on two cores
    python3 scripts/scale.py --out wide.json --wide --rows 10000,100000,1000000
    python3 scripts/scale.py --table reports/scale/scale.json                # what is in it, with exponents

The log is the simulator's: ten fields, 10,000 users, 1,000 items. With --wide it is made up here in the shape of a
log of display advertising: thirteen columns of numbers, some missing, and twenty-six of categories, up to 250,000 of
them. Each step is a process of its own, so that its memory is that step's: `generate` reads, fits, draws as many rows
and writes them; `evaluate` attacks the copula's rows, a tenth as many rows held out; `run` trains DeepFM for one epoch.
Needs no package besides Python 3, Linux, and 4 GB of room in the temporary folder.
"""

import argparse
import json
import math
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GENERATORS = ["gaussian-copula", "smoten", "resample", "independent", "uniform-item"]

# Different values of each column of categories in the wide log, in the order of magnitude of Criteo's.
CATEGORIES = [1460, 583, 200_000, 100_000, 305, 24, 12_517, 633, 3, 93_145, 5683, 250_000, 3194, 27, 14_992, 200_000,
              10, 5652, 2173, 4, 220_000, 18, 15, 60_000, 105, 40_000]
NUMBERS = 13

# The published settings for display advertising, in experiments/criteo_x1.toml.
TRAINING = """
[training]
epochs = 1
batch_size = 4096

[model.deepfm]
embedding_regularizer = 1e-5
dropout = 0.1
"""


def write_wide(path, rows, seed):
    """A click hangs on a hidden kind of row, and so do numbers and categories."""
    draw = random.Random(seed)
    names = [f"I{at + 1}" for at in range(NUMBERS)] + [f"C{at + 1}" for at in range(len(CATEGORIES))]
    with open(path, "w", encoding="ascii") as out:
        out.write("label," + ",".join(names) + "\n")
        for _ in range(rows):
            kind = draw.random()
            label = int(draw.random() < 0.1 + 0.3 * kind)
            cells = [str(label)]
            for at in range(NUMBERS):
                missing = draw.random() < 0.05 * (at % 4)
                cells.append("" if missing else str(int(math.exp(draw.gauss(1.0 + kind, 1.0 + 0.1 * at)))))
            for at, size in enumerate(CATEGORIES):
                cells.append(f"{int(size * draw.random() ** (2.0 + 3.0 * ((kind * (at + 3)) % 1.0))):x}")
            out.write(",".join(cells) + "\n")


def timed(command):
    """Seconds, processor seconds and the peak of memory in 10^6 bytes of one process."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            said.seek(0)
            sys.exit(f"failed: {' '.join(map(str, command))}\n{said.read().decode()}")
    return {
        "seconds": round(time.monotonic() - start, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss * 1024 / 1e6),
    }


def make_log(program, folder, rows, wide):
    """Train, and a tenth as many rows of valid and test."""
    if wide:
        for at, (part, n) in enumerate([("train", rows), ("valid", rows // 10), ("test", rows // 10)]):
            write_wide(folder / f"{part}.csv", n, seed=100 * at + 1)
        return {}
    settings = {"train_rows": rows, "valid_rows": rows // 10, "test_rows": rows // 10, "users": 10_000, "items": 1000}
    sets = [part for key, value in settings.items() for part in ("--set", f"dataset.simulator.{key}={value}")]
    return {"simulate": timed([program, "data", "write", "simulated", "--out", folder, *sets])}


def measure(program, rows, wide, steps, folder):
    """Every step on one log."""
    results = make_log(program, folder, rows, wide)
    form = "csv" if wide else "parquet"
    part = {name: folder / f"{name}.{form}" for name in ("train", "valid", "test")}
    label = ["--label", "label"]
    if wide:
        label += ["--numeric", ",".join(f"I{at + 1}" for at in range(NUMBERS))]
        label += ["--categorical", ",".join(f"C{at + 1}" for at in range(len(CATEGORIES)))]
    for method in GENERATORS:
        if method not in steps or (wide and method == "uniform-item"):
            continue
        more = ["--item", "item", "--user", "user"] if method == "uniform-item" else []
        out = folder / f"{method}.{form}"
        command = [program, "generate", "--real", part["train"], *label, "--method", method, "--conditioning", "joint"]
        results[method] = timed([*command, "--like", "train", "--out", out, *more])
        report(rows, method, results[method])
    if "evaluate" in steps:
        out = folder / "evaluate.json"
        fake = folder / f"gaussian-copula.{form}"
        user = [] if wide else ["--user", "user"]
        command = [program, "evaluate", "--real", part["train"], "--synthetic", fake, "--holdout", part["test"]]
        results["evaluate"] = timed([*command, *label, *user, "--no-yardsticks", "--json", out])
        results["evaluate"]["parts"] = json.loads(out.read_text())["seconds"]
        report(rows, "evaluate", results["evaluate"])
    if "deepfm" in steps:
        numeric = [f'{{ name = "I{at + 1}", bins = {{ quantiles = 50 }} }}' for at in range(NUMBERS)] if wide else []
        files = "".join(f'{name} = "{path}"\n' for name, path in part.items())
        experiment = folder / "epoch.toml"
        experiment.write_text(
            'name = "epoch"\nscenarios = ["base"]\ngenerators = ["resample"]\nmodels = ["deepfm"]\n'
            f'[dataset]\nname = "log"\n{files}numeric = [{", ".join(numeric)}]\n{TRAINING}', encoding="utf-8")
        run = folder / "run"
        results["deepfm"] = timed([program, "run", experiment, "--out", run, "--no-quality", "--no-scores"])
        cell = json.loads((run / "cells" / "none.base.deepfm.seed1.json").read_text())
        results["deepfm"]["training_seconds"] = cell["train_seconds"]
        report(rows, "deepfm", results["deepfm"])
    return results


def report(rows, step, result):
    print(f"{rows:>10,} {step:16} {result['seconds']:>9.2f} s {result['peak_mb']:>7} MB", file=sys.stderr, flush=True)


def table(measured):
    """Markdown: a row for each step, with the exponent of its last two sizes."""
    sizes = sorted(map(int, measured["rows"]))
    lines = ["| | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent of time | bytes a row |",
             "| --- |" + " ---: |" * (len(sizes) + 2)]
    steps = {}
    for size in sizes:
        for step, result in measured["rows"][str(size)].items():
            steps.setdefault(step, {})[size] = (result["seconds"], result["peak_mb"])
            for name, seconds in sorted(result.get("parts", {}).items()):
                steps.setdefault(f"· {name}", {})[size] = (seconds, None)
    for step, by_size in steps.items():
        cells = []
        for size in sizes:
            seconds, memory = by_size.get(size, (None, None))
            said = "" if seconds is None else f"{seconds:,.1f} s"
            cells.append(said if memory is None else f"{said}, {memory:,} MB")
        done = sorted(by_size)
        exponent, a_row = "", ""
        if len(done) > 1:
            (low, high) = done[-2:]
            (fast, small), (slow, large) = by_size[low], by_size[high]
            exponent = f"{math.log(max(slow, 1e-9) / max(fast, 1e-9)) / math.log(high / low):.2f}"
            if small is not None:
                a_row = f"{(large - small) * 1e6 / (high - low):,.0f}"
        lines.append(f"| {step} | " + " | ".join(cells) + f" | {exponent} | {a_row} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = ",".join([*GENERATORS, "evaluate", "deepfm"])
    parser.add_argument("--program", type=Path, default=Path("target/release/synthctr"),
                        help="the program to measure (%(default)s)")
    parser.add_argument("--rows", default="10000,100000,1000000,10000000", metavar="LIST",
                        help="rows of train (%(default)s); the last takes most of an hour and 4 GB in $TMPDIR")
    parser.add_argument("--steps", default=steps, metavar="LIST", help="which steps (%(default)s)")
    parser.add_argument("--wide", action="store_true",
                        help="a log of 13 fields of numbers and 26 of categories instead of the simulator's 10")
    parser.add_argument("--out", type=Path, metavar="FILE", help="JSON file of the results")
    parser.add_argument("--table", type=Path, metavar="FILE", help="print what such a file holds, and measure nothing")
    arguments = parser.parse_args()
    if arguments.table:
        print(table(json.loads(arguments.table.read_text())))
        return
    if not arguments.out:
        parser.error("--out FILE or --table FILE")
    program, steps = arguments.program.resolve(), arguments.steps.split(",")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    with open("/proc/cpuinfo", encoding="ascii") as lines:
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
    flags = next(value for key, value in facts.items() if key.strip() == "flags").split()
    measured = {
        "program": version,
        "log": "39 fields, made by this script" if arguments.wide else "simulated, 10,000 users, 1,000 items",
        "cores": os.cpu_count(),
        "instruction_set": "avx512" if "avx512f" in flags else "avx2" if "avx2" in flags else "older",
        "processor": next(value.strip() for key, value in facts.items() if key.strip() == "model name"),
        "system": platform.system(),
        "rows": {},
    }
    for rows in map(int, arguments.rows.split(",")):
        folder = Path(tempfile.mkdtemp(prefix="synthctr-scale-"))
        try:
            measured["rows"][str(rows)] = measure(program, rows, arguments.wide, steps, folder)
        finally:
            shutil.rmtree(folder)
        arguments.out.write_text(json.dumps(measured, indent=1) + "\n")
    print(table(measured))


if __name__ == "__main__":
    main()
