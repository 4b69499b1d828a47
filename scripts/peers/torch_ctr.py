#!/usr/bin/env python3
"""Trains the click models in PyTorch on the CPU with the settings published for Frappe_x1.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-torch.txt
    venv/bin/python scripts/peers/torch_ctr.py DATA_DIR --model deepfm --epochs 3

DATA_DIR holds train.csv, valid.csv and test.csv with a `label` column. `seconds` is the training
pass of an epoch; evaluation is not in it. Tuned as one would for a CPU: everything in memory,
batches by index, no DataLoader, fused Adam. Adam's denormals are flushed to zero.
"""

import argparse
import copy
import json
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
import torch
from sklearn.metrics import log_loss, roc_auc_score
from torch import nn

from torch_models import MODELS

BATCH = 4096
LEARNING_RATE = 1e-3
LEAST_LEARNING_RATE = 1e-6
PATIENCE = 2
GRADIENT_NORM = 10.0


def load(folder):
    """{part: (codes, labels)} and the number of codes, unique across fields.

    Each field's vocabulary is what train holds, then one code for everything else.
    """
    frames = {part: pd.read_csv(Path(folder) / f"{part}.csv", dtype=str)
              for part in ("train", "valid", "test")}
    fields = [name for name in frames["train"].columns if name != "label"]
    columns, total = {part: [] for part in frames}, 0
    for field in fields:
        vocabulary = pd.Index(frames["train"][field].unique())
        for part, frame in frames.items():
            codes = vocabulary.get_indexer(frame[field])
            columns[part].append(np.where(codes < 0, len(vocabulary), codes) + total)
        total += len(vocabulary) + 1
    return {part: (torch.tensor(np.stack(columns[part], 1)),
                   torch.tensor(frame["label"].astype(np.float32).to_numpy()))
            for part, frame in frames.items()}, total


@torch.inference_mode()
def scores(model, part):
    """Test or validation (AUC, logloss)."""
    model.eval()
    codes, labels = part
    p = torch.cat([model(c) for c in codes.split(BATCH)]).double().sigmoid().numpy()
    labels = labels.numpy()
    return float(roc_auc_score(labels, p)), float(log_loss(labels, p))


def train_epoch(model, adam, codes, labels):
    """One pass in a new order; the mean cross-entropy of its batches."""
    model.train()
    total, steps = 0.0, 0
    for rows in torch.randperm(len(labels)).split(BATCH):
        adam.zero_grad(set_to_none=True)
        loss = nn.functional.binary_cross_entropy_with_logits(model(codes[rows]), labels[rows])
        (loss + model.regulariser()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM)
        adam.step()
        total, steps = total + loss.item(), steps + 1
    return total / steps


def fit(kind, data, n_codes, epochs, seed):
    """Trains until the validation AUC has not improved twice in a row, or for `epochs`."""
    torch.manual_seed(seed)
    codes, labels = data["train"]
    model = MODELS[kind](n_codes, codes.shape[1])
    model.initialise()
    adam = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    best, best_weights, waited, history = -1.0, None, 0, []
    for epoch in range(1, epochs + 1):
        rate = adam.param_groups[0]["lr"]
        start = time.perf_counter()
        train_loss = train_epoch(model, adam, codes, labels)
        seconds = time.perf_counter() - start
        auc, logloss = scores(model, data["valid"])
        history.append({"epoch": epoch, "train_loss": train_loss, "valid_auc": auc,
                        "valid_logloss": logloss, "learning_rate": rate, "seconds": seconds})
        print(f"{kind} epoch {epoch}: {seconds:.2f} s, valid AUC {auc:.6f}, "
              f"logloss {logloss:.6f}, learning rate {rate:g}", flush=True)
        if auc > best:
            best, best_weights, waited = auc, copy.deepcopy(model.state_dict()), 0
            continue
        waited += 1
        if waited >= PATIENCE:
            break
        for group in adam.param_groups:
            group["lr"] = max(rate * 0.1, LEAST_LEARNING_RATE)
    model.load_state_dict(best_weights)
    test_auc, test_logloss = scores(model, data["test"])
    print(f"{kind}: test AUC {test_auc:.6f}, logloss {test_logloss:.6f}", flush=True)
    return {"model": kind, "seed": seed, "valid_auc": best, "test_auc": test_auc,
            "test_logloss": test_logloss, "train_rows": len(labels),
            "parameters": sum(p.numel() for p in model.parameters()), "history": history}


def cpu():
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data_dir")
    parser.add_argument("--model", choices=[*MODELS, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", metavar="OUT", help="also write the results here")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    data, n_codes = load(args.data_dir)
    kinds = list(MODELS) if args.model == "all" else [args.model]
    results = {
        "torch": torch.__version__, "numpy": np.__version__, "sklearn": sklearn.__version__,
        "python": platform.python_version(), "threads": torch.get_num_threads(), "cpu": cpu(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "models": [fit(kind, data, n_codes, args.epochs, args.seed) for kind in kinds],
    }
    if args.json:
        Path(args.json).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
