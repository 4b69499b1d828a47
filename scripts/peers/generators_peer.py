#!/usr/bin/env python3
"""Times one published generator on a CSV file of a click log, for generators_side_by_side.sh.

    generators_peer.py smoten TRAIN_CSV ROWS     positives by half as many as ROWS
    generators_peer.py gaussian-copula TRAIN_CSV   100,000 positives, conditioned on the label

With the versions of requirements-generators.txt. Peak memory is the whole process's.
"""

import resource
import sys
import time
import warnings

import pandas as pd


def smoten(frame):
    from imblearn.over_sampling import SMOTEN

    clicks = int(frame["label"].sum())
    smoten = SMOTEN(sampling_strategy={1: clicks + len(frame) // 2}, random_state=1)
    start = time.perf_counter()
    rows, _ = smoten.fit_resample(frame.drop(columns="label"), frame["label"])
    seconds = time.perf_counter() - start
    return f"imbalanced-learn SMOTEN: {len(frame)} rows, {len(rows) - len(frame)} drawn in {seconds:.1f} s"


def gaussian_copula(frame):
    from sdv.metadata import Metadata
    from sdv.sampling import Condition
    from sdv.single_table import GaussianCopulaSynthesizer

    warnings.filterwarnings("ignore")
    frame = frame.astype(str)
    columns = {name: {"sdtype": "categorical"} for name in frame}
    synthesizer = GaussianCopulaSynthesizer(
        Metadata.load_from_dict({"tables": {"log": {"columns": columns}}})
    )
    start = time.perf_counter()
    synthesizer.fit({"log": frame})
    fitted = time.perf_counter()
    synthesizer.sample_from_conditions(
        [Condition(num_rows=100_000, column_values={"label": "1"})], batch_size=100_000
    )
    end = time.perf_counter()
    return (
        f"SDV Gaussian copula: {len(frame)} rows fitted in {fitted - start:.1f} s, "
        f"100000 drawn in {end - fitted:.1f} s"
    )


def main():
    method, path = sys.argv[1:3]
    frame = pd.read_csv(path, nrows=int(sys.argv[3]) if len(sys.argv) > 3 else None)
    line = {"smoten": smoten, "gaussian-copula": gaussian_copula}[method](frame)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{line}, peak {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
