#!/usr/bin/env python3
"""Seconds per training epoch, synthctr against PyTorch, alternating in one run.

    cargo build --release
    venv/bin/python scripts/peers/ctr_side_by_side.py --data-dir DIR

DIR/frappe_x1 holds train.csv, valid.csv and test.csv, as `synthctr data fetch` leaves them. Each
round runs the one, then the other, and drops the first epoch of each; the medians are over all
remaining epochs. PyTorch is that of the interpreter (see requirements-torch.txt).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = ["dnn", "deepfm", "masknet"]


def quietly(command, threads):
    """Runs a command; shows what it said only if it fails."""
    env = {**os.environ, "RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run([str(part) for part in command], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nfailed:\n{done.stdout}")


def ours(args, model, number, folder):
    """The history of one cell trained by synthctr."""
    out = folder / f"synthctr-{model}-{number}"
    quietly([args.binary, "run", "paper", "--scenarios", "base", "--models", model,
             "--seeds", 1, "--epochs", args.epochs, "--device", "cpu",
             "--data-dir", args.data_dir, "--out", out], args.threads)
    cells = [json.loads(path.read_text()) for path in (out / "cells").glob("*.json")]
    if len(cells) != 1:
        sys.exit(f"{out}/cells has {len(cells)} cells, expected one")
    return cells[0]["history"]


def peer(args, model, number, folder):
    """The history of one model trained by torch_ctr.py."""
    out = folder / f"torch-{model}-{number}.json"
    data = Path(args.data_dir) / "frappe_x1"
    quietly([sys.executable, HERE / "torch_ctr.py", data, "--model", model, "--epochs",
             args.epochs, "--seed", 1, "--threads", args.threads, "--json", out], args.threads)
    return json.loads(out.read_text())["models"][0]["history"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data-dir", required=True)
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    parser.add_argument("--binary", default=f"{target}/release/synthctr")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3, help="per run; the first is dropped")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.epochs < 2:
        parser.error("--epochs must be at least 2: the first is dropped")

    load = os.getloadavg()[0]
    print(f"load average before the start: {load:.2f}"
          + ("; times taken on a busy machine mean nothing" if load > 0.5 else ""))
    print(f"{'model':8} {'synthctr':>10} {'PyTorch':>10} {'PyTorch / synthctr':>20}"
          "   (median seconds per epoch)")
    with tempfile.TemporaryDirectory() as folder:
        for model in args.models.split(","):
            seconds = {ours: [], peer: []}
            for number in range(args.rounds):
                for tool in seconds:
                    history = tool(args, model, number, Path(folder))
                    seconds[tool] += [epoch["seconds"] for epoch in history[1:]]
            mine, theirs = (statistics.median(seconds[tool]) for tool in (ours, peer))
            print(f"{model:8} {mine:10.2f} {theirs:10.2f} {theirs / mine:20.2f}   "
                  + " ".join(f"{s:.2f}" for s in seconds[ours]) + " | "
                  + " ".join(f"{s:.2f}" for s in seconds[peer]), flush=True)


if __name__ == "__main__":
    main()
