#!/usr/bin/env python3
"""Seconds per training epoch on Frappe: synthctr, PyTorch, and the matrix products alone.

    cargo build --release --example ctr_speed
    venv/bin/python scripts/peers/ctr_side_by_side.py --data-dir DIR --out reports/speed

DIR/frappe_x1 holds train.csv, valid.csv and test.csv, as `synthctr data fetch` leaves them. A
setting is so many processes of so many threads each, all training the same model at once:
synthctr as processes and as jobs of one process, PyTorch as processes. `--settings 1x2,2x1` (the
default) is one process of two threads, then two of one; `--processes P --threads T` is one
setting. Each round runs everything once, in turn, and drops the first epoch of each; the medians
are over all remaining epochs of all processes. `--out` gets speed.json and README.md. PyTorch is
that of the interpreter (see requirements-torch.txt).
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = {"dnn": "DNN", "deepfm": "DeepFM", "masknet": "MaskNet"}


def at_once(commands, threads):
    """Runs commands side by side; gives what each printed, and shows it only if one fails."""
    env = {**os.environ, "RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    running = [subprocess.Popen([str(part) for part in command], env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for command in commands]
    outputs = [process.communicate() for process in running]
    for command, process, (out, err) in zip(commands, running, outputs):
        if process.returncode:
            sys.exit(f"{' '.join(map(str, command))}\nfailed:\n{out}{err}")
    return [out for out, _ in outputs]


class Bench:
    """What is measured, each as a function of model and setting that gives epochs' seconds."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.facts = {}

    def ours(self, what, processes, jobs, threads):
        command = [self.args.binary, *what, jobs, threads]
        told = [json.loads(out) for out in at_once([command] * processes, threads)]
        self.facts["instruction_set"] = told[0]["instruction_set"]
        return [job for process in told for job in process["seconds"]]

    def epochs(self, model):
        return ["epochs", self.args.data_dir, model, self.args.epochs]

    def processes(self, model, processes, threads):
        seconds = self.ours(self.epochs(model), processes, 1, threads)
        return [s for job in seconds for s in job[1:]]

    def jobs(self, model, processes, threads):
        seconds = self.ours(self.epochs(model), 1, processes, threads)
        return [s for job in seconds for s in job[1:]]

    def products(self, model, processes, threads):
        what = ["products", model, self.args.epochs]
        return [s for job in self.ours(what, processes, 1, threads) for s in job]

    def torch(self, model, processes, threads):
        outs = [Path(self.folder) / f"torch-{i}.json" for i in range(processes)]
        at_once([[sys.executable, HERE / "torch_ctr.py", Path(self.args.data_dir) / "frappe_x1",
                  "--model", model, "--epochs", self.args.epochs, "--seed", 1 + i,
                  "--threads", threads, "--json", out] for i, out in enumerate(outs)], threads)
        told = [json.loads(out.read_text()) for out in outs]
        for name in ("torch", "numpy", "python", "capability"):
            self.facts[name] = told[0][name]
        return [epoch["seconds"] for one in told for epoch in one["models"][0]["history"][1:]]


def measure(bench, setting, models, rounds):
    """The medians of every model at one setting, with the seconds they are of."""
    processes, threads = setting
    tools = ["processes", "torch", "products"] + (["jobs"] if processes > 1 else [])
    rows = []
    for model in models:
        seconds = {tool: [] for tool in tools}
        for _ in range(rounds):
            for tool in tools:
                seconds[tool] += getattr(bench, tool)(model, processes, threads)
        row = {"model": model, "processes": processes, "threads": threads, "seconds": seconds,
               "median": {tool: statistics.median(values) for tool, values in seconds.items()}}
        rows.append(row)
        print(line(row), flush=True)
    return rows


HEADER = ["model", "at once", "synthctr", "as jobs", "PyTorch", "products", "PyTorch / synthctr",
          "synthctr / products"]


def cells(row):
    """A row of the table."""
    median = row["median"]
    ours, torch, products = (median[tool] for tool in ("processes", "torch", "products"))
    jobs = f"{median['jobs']:.2f}" if "jobs" in median else "–"
    return [MODELS[row["model"]], f"{row['processes']} × {row['threads']}", f"{ours:.2f}", jobs,
            f"{torch:.2f}", f"{products:.2f}", f"{torch / ours:.2f}", f"{ours / products:.2f}"]


def line(row):
    return "  ".join(f"{cell:>{len(name)}}" for cell, name in zip(cells(row), HEADER))


def processor():
    """Its name, and its number of cores that this process may use."""
    name = platform.processor()
    try:
        for text in Path("/proc/cpuinfo").read_text().splitlines():
            if text.startswith("model name"):
                name = text.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return name, len(os.sched_getaffinity(0))


def commit():
    """The commit that is checked out, if this is a checkout."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.strip() or None


def report(facts, rows):
    """The results as Markdown."""
    table = ["| " + " | ".join(cells(row)) + " |" for row in rows]
    head = ["| " + " | ".join(HEADER) + " |", "|---|---|" + "---:|" * (len(HEADER) - 2)]
    return "\n".join([
        "# Seconds per training epoch on Frappe", "",
        "DNN, DeepFM and MaskNet with the published settings (batch 4,096, embeddings of 10,",
        "400-400-400): medians over all epochs but the first of each run, PyTorch and synthctr in",
        "turn. *At once* is processes × threads of each; *as jobs* is synthctr with as many jobs in",
        "one process; *products* are the epoch's matrix products and nothing else, forward and",
        "backward, on the same threads.", "",
        *head, *table, "",
        f"{facts['cores']} cores of {facts['cpu']}; products here with {facts['instruction_set']},",
        f"PyTorch {facts['torch']} (capability {facts['capability']}), numpy {facts['numpy']},",
        f"Python {facts['python']}; load before the start {facts['load_before']:.2f}; commit",
        f"{facts['commit'] or 'unknown'}. Every epoch's seconds are in `speed.json`.", "",
        "Made by `scripts/peers/ctr_side_by_side.py`.", ""])


def setting(text):
    processes, _, threads = text.partition("x")
    return int(processes), int(threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data-dir", required=True)
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    parser.add_argument("--binary", default=f"{target}/release/examples/ctr_speed")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3, help="per run; the first is dropped")
    parser.add_argument("--settings", default="1x2,2x1", help="processes x threads, with commas")
    parser.add_argument("--processes", type=int, help="instead of --settings")
    parser.add_argument("--threads", type=int, help="instead of --settings")
    parser.add_argument("--out", help="folder for speed.json and README.md")
    args = parser.parse_args()
    if args.epochs < 2:
        parser.error("--epochs must be at least 2: the first is dropped")
    if args.processes or args.threads:
        settings = [(args.processes or 1, args.threads or 1)]
    else:
        settings = [setting(text) for text in args.settings.split(",")]

    load, start = os.getloadavg()[0], time.monotonic()
    print(f"load average before the start: {load:.2f}"
          + ("; times taken on a busy machine mean nothing" if load > 0.5 else ""))
    print("  ".join(HEADER) + "   (median seconds per epoch)")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args, folder)
        rows = [row for one in settings
                for row in measure(bench, one, args.models.split(","), args.rounds)]
    cpu, cores = processor()
    facts = {"cpu": cpu, "cores": cores, "load_before": load, "commit": commit(),
             "minutes": round((time.monotonic() - start) / 60, 1), **bench.facts}
    if args.out:
        out = Path(args.out)
        out.mkdir(parents=True, exist_ok=True)
        (out / "speed.json").write_text(json.dumps({"facts": facts, "rows": rows}, indent=1) + "\n")
        (out / "README.md").write_text(report(facts, rows))


if __name__ == "__main__":
    main()
