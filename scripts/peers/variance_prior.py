#!/usr/bin/env python3
"""Records what limma, as ported to Python by InMoose, makes of the variances of groups.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-variance-prior.txt
    venv/bin/python scripts/peers/variance_prior.py > tests/fixtures/variance_prior.json

Made with InMoose 0.9.1 (after limma 3.55.1), numpy 2.4.6, scipy 1.17.1. Written, by case:

    groups      variance and degrees of freedom of each
    prior       the variance that is expected, and its degrees of freedom (null: infinite)
    posterior   the variance of each group with what is known beforehand
"""

import json
import math

import numpy as np
from inmoose.limma import squeezeVar

DRAW = np.random.default_rng(2004)


def case(groups, degrees, spread):
    """Groups whose standard deviations differ by a factor of exp(spread) or so."""
    degrees = np.resize(degrees, groups).astype(float)
    truth = np.exp(2 * DRAW.normal(0, spread, groups))
    variances = np.array([float(f"{v:.6g}") for v in truth * DRAW.chisquare(degrees) / degrees])
    out = squeezeVar(variances, degrees)
    df = float(out["df_prior"])
    return {
        "groups": [list(pair) for pair in zip(variances.tolist(), degrees.tolist())],
        "prior": [float(out["var_prior"]), df if math.isfinite(df) else None],
        "posterior": np.broadcast_to(out["var_post"], groups).tolist(),
    }


cases = [
    case(5, [1], 0.8),
    case(12, [2], 0.6),
    case(20, [1, 9], 0.5),
    case(30, [2, 4, 9], 0.3),
    # All one variance, more or less: limma's mean is not weighted, so the degrees of freedom are equal.
    case(8, [9], 0.0),
    case(10, [2], 0.0),
]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
