#!/usr/bin/env python3
"""Records forward and backward passes of the click models in float64 PyTorch.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-torch.txt
    venv/bin/python scripts/peers/torch_reference.py > tests/fixtures/torch_ctr.json

Everything is synthetic. Inputs and starting weights are multiples of 1/256, so float32 holds
them exactly. Linear weights are stored as [in, out] (y = x·W + b): the transpose of
`torch.nn.Linear.weight`. Per model:

    settings, cardinalities (the unseen code included), codes (per field, from 0), labels
    parameters         the starting weights; the embedding stacks the fields' rows in order
    train_logits       logits in training mode, without dropout
    cross_entropy      their mean binary cross-entropy
    loss               that plus regularisation / 2 · ‖E‖² over the whole embedding tables
    gradients          of `loss`
    gradient_norm      their global Euclidean norm
    running_mean/var   of each batch norm after that one pass (null without batch norm)
    eval_logits        logits in evaluation mode with the same weights, after that pass
    steps              per clipping threshold: gradient norms before clipping, and the
                       parameters after one and after four Adam steps on this batch

A bias under a batch norm has a gradient of 0. In float32 that 0 is rounding noise, which Adam
turns into steps of up to the learning rate: compare those biases with that tolerance.

`layers` holds the two fused layers with a given dropout mask (1 = kept, scaled by 1/(1-p)),
with gradients of sum(output ⊙ d_output).
"""

import json
import sys

import numpy as np
import torch
from torch import nn

from torch_models import MODELS

CARDINALITIES = [4, 3, 5]
CLIPPING = [10.0, 1e-2, 1e-6]
ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}
SETTINGS = {
    "dnn": {"dim": 3, "hidden_units": [6, 5], "batch_norm": True, "regularisation": 0.05},
    "deepfm": {"dim": 3, "hidden_units": [6, 5], "batch_norm": True, "regularisation": 0.05},
    "masknet": {"dim": 3, "hidden_units": [6, 5], "blocks": 2, "block_width": 4,
                "reduction_ratio": 2.0, "regularisation": 0.1},
}


def exact(rng, shape, centre=0.0, scale=0.4):
    """Normal random numbers, rounded to multiples of 1/256."""
    return torch.tensor(np.round(rng.normal(centre, scale, shape) * 256) / 256)


def plain(value):
    """Nested lists of floats with ten significant digits; rounding noise becomes 0."""
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    value = np.asarray(value, dtype=np.float64)
    if value.ndim:
        return [plain(v) for v in value]
    return 0.0 if abs(value) < 1e-14 else float(f"{value:.10g}")


def laid_out(name, tensor):
    """[in, out] for linear weights; anything else as it is."""
    return plain(tensor.t() if tensor.ndim == 2 and name.endswith(".weight") else tensor)


def parameters(model):
    return {name: laid_out(name, p) for name, p in model.named()}


def loss_parts(model, codes, labels):
    logits = model(codes)
    cross_entropy = nn.functional.binary_cross_entropy_with_logits(logits, labels)
    return logits, cross_entropy, cross_entropy + model.regulariser()


def batch():
    """Eight rows, none with a field's last (unseen) code, which only the regulariser moves."""
    rng = np.random.default_rng(1)
    codes = np.stack([rng.integers(0, c - 1, 8) for c in CARDINALITIES], 1)
    return codes, np.array([1, 0, 0, 1, 1, 0, 1, 0])


def fresh(kind):
    settings = dict(SETTINGS[kind], dropout=0.0)
    model = MODELS[kind](sum(CARDINALITIES), len(CARDINALITIES), **settings).double()
    rng = np.random.default_rng(2)
    with torch.no_grad():
        for name, p in model.named():
            p.copy_(exact(rng, tuple(p.shape), centre=1.0 if name.endswith("norm.weight") else 0.0))
    return model


def descend(kind, clip, codes, labels):
    model = fresh(kind).train()
    adam = torch.optim.Adam(model.parameters(), **ADAM)
    out = {"max_gradient_norm": clip, "gradient_norms": []}
    for step in range(1, 5):
        adam.zero_grad()
        loss_parts(model, codes, labels)[2].backward()
        out["gradient_norms"].append(plain(nn.utils.clip_grad_norm_(model.parameters(), clip)))
        adam.step()
        if step in (1, 4):
            out[f"parameters_after_{step}"] = parameters(model)
    return out


def reference(kind):
    local, labels = batch()
    offsets = np.cumsum([0] + CARDINALITIES[:-1])
    codes = torch.tensor(local + offsets)
    targets = torch.tensor(labels, dtype=torch.float64)

    model = fresh(kind).train()
    before = parameters(model)
    logits, cross_entropy, loss = loss_parts(model, codes, targets)
    loss.backward()
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d)]
    model.eval()
    return {
        "settings": SETTINGS[kind],
        "cardinalities": CARDINALITIES,
        "codes": local.tolist(),
        "labels": labels.tolist(),
        "parameters": before,
        "train_logits": plain(logits),
        "cross_entropy": plain(cross_entropy),
        "loss": plain(loss),
        "gradients": {name: laid_out(name, p.grad) for name, p in model.named()},
        "gradient_norm": plain(torch.stack([p.grad.norm() for p in model.parameters()]).norm()),
        "running_mean": [plain(m.running_mean) for m in norms] or None,
        "running_var": [plain(m.running_var) for m in norms] or None,
        "eval_logits": plain(model(codes)),
        "steps": [descend(kind, clip, codes, targets) for clip in CLIPPING],
    }


def backward(leaves, output, rng):
    """Gradients of sum(output ⊙ d_output) with respect to each named leaf."""
    d_output = exact(rng, tuple(output.shape), scale=1.0)
    output.backward(d_output)
    return {
        **{name: plain(leaf) for name, leaf in leaves.items()},
        "output": plain(output),
        "d_output": plain(d_output),
        "gradients": {name: plain(leaf.grad) for name, leaf in leaves.items()},
    }


def batch_norm_layer(dropout=0.25):
    """dropout(ReLU(BatchNorm(x·W + b))), in training mode."""
    rng = np.random.default_rng(3)
    leaves = {
        "input": exact(rng, (8, 5), scale=1.0),
        "weight": exact(rng, (5, 4)),
        "bias": exact(rng, (4,)),
        "gamma": exact(rng, (4,), centre=1.0),
        "beta": exact(rng, (4,)),
    }
    keep = torch.tensor((rng.random((8, 4)) >= dropout).astype(np.float64))
    for leaf in leaves.values():
        leaf.requires_grad_()
    running_mean, running_var = torch.zeros(4).double(), torch.ones(4).double()
    hidden = leaves["input"] @ leaves["weight"] + leaves["bias"]
    normed = nn.functional.batch_norm(hidden, running_mean, running_var, leaves["gamma"],
                                      leaves["beta"], training=True, momentum=0.1, eps=1e-5)
    output = normed.relu() * keep / (1 - dropout)
    return {"dropout": dropout, "keep": keep.int().tolist(), **backward(leaves, output, rng),
            "running_mean": plain(running_mean), "running_var": plain(running_var)}


def mask_block_layer(dropout=0.25):
    """dropout(ReLU(LayerNorm((mask ⊙ e)·W))), a mask block's hidden layer."""
    rng = np.random.default_rng(4)
    leaves = {
        "embedding": exact(rng, (8, 6), scale=1.0),
        "mask": exact(rng, (8, 6), scale=1.0),
        "weight": exact(rng, (6, 4)),
        "gamma": exact(rng, (4,), centre=1.0),
        "beta": exact(rng, (4,)),
    }
    keep = torch.tensor((rng.random((8, 4)) >= dropout).astype(np.float64))
    for leaf in leaves.values():
        leaf.requires_grad_()
    hidden = (leaves["mask"] * leaves["embedding"]) @ leaves["weight"]
    normed = nn.functional.layer_norm(hidden, (4,), leaves["gamma"], leaves["beta"], eps=1e-5)
    output = normed.relu() * keep / (1 - dropout)
    return {"dropout": dropout, "keep": keep.int().tolist(), **backward(leaves, output, rng)}


def main():
    torch.set_num_threads(1)
    fixture = {
        "source": f"scripts/peers/torch_reference.py, torch {torch.__version__.split('+')[0]}, "
                  f"numpy {np.__version__}, float64",
        "adam": {"learning_rate": ADAM["lr"], "beta1": 0.9, "beta2": 0.999, "epsilon": ADAM["eps"]},
        "norms": {"epsilon": 1e-5, "batch_norm_momentum": 0.1},
        "models": {kind: reference(kind) for kind in MODELS},
        "layers": {"batch_norm_relu_dropout": batch_norm_layer(),
                   "mask_block_hidden": mask_block_layer()},
    }
    json.dump(fixture, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
