#!/usr/bin/env python3
"""SDV's CTGAN, TVAE and CopulaGAN and the reference TabDDPM on a click log: speed and likeness.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    git clone https://github.com/yandex-research/tab-ddpm && git -C tab-ddpm checkout b476257d
    export TAB_DDPM=tab-ddpm

    sdv_generators.py sample TRAIN_CSV ROWS SEED OUT_CSV [--drop user,item] [--other OTHER_CSV]
    sdv_generators.py epoch METHOD CSV [--epochs 3] [--max-seconds S] [--max-gb G]
    sdv_generators.py train METHOD CSV EPOCHS SEED OUT_CSV [--set NAME]
    sdv_generators.py score REAL_CSV SYNTHETIC_CSV [--other OTHER_REAL_CSV]
    sdv_generators.py collect OUT_JSON LINES_FILE... [--note TEXT]...

METHOD is ctgan, tvae, copula-gan, tabddpm or tabddpm-sdgym. All but `sample` print one JSON line.

SDV, CTGAN and SDGym (Business Source License) are black boxes here: the public interface, and
PyTorch's own global hooks to see when an optimizer has made a step. Every column is declared
categorical, everything else is the package's published default, which goes into the JSON line. SDV's CopulaGAN
transforms only columns that are not categorical: on an all-categorical log it is its CTGAN, and
makes the same rows from the same seed; --numerical city tells it that a field is a number.

`tabddpm` is the authors' own code (MIT; github.com/yandex-research/tab-ddpm, commit b476257d, its
folder in TAB_DDPM; only its package tab_ddpm is used, with the training loop of its
scripts/train.py), the label as the condition and all fields multinomial. Layers, learning rate and
weight decay are those of its CONFIG_DESCRIPTION.md (and of SDGym), the batch is the default of
scripts/train.py, the timesteps those of most of its published configurations that are not 1000
(--batch-size and --timesteps change these two). In `train`, its EPOCHS are optimizer steps.
`tabddpm-sdgym` is SDGym's copy, which takes no options (it models the label as one more field); it
needs an older SDV, hence an environment of its own: requirements-tabddpm.txt.

Seconds per epoch are the medians between the last optimizer steps of one epoch and of the next, so
the set-up before the first step is apart. peak_mb is the process's own peak, imports included;
peak_mb_with_workers, twice a second, adds the worker processes in which SDV transforms columns.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import resource
import signal
import statistics
import sys
import threading
import time
import warnings
from importlib import metadata as packages

import numpy as np
import pandas as pd

SDV = {
    "ctgan": "CTGANSynthesizer",
    "tvae": "TVAESynthesizer",
    "copula-gan": "CopulaGANSynthesizer",
    "gaussian-copula": "GaussianCopulaSynthesizer",
}
METHODS = ["ctgan", "tvae", "copula-gan", "tabddpm", "tabddpm-sdgym"]
TABDDPM = {
    "d_layers": [256, 256],
    "dropout": 0.0,
    "dim_t": 128,
    "num_timesteps": 100,
    "scheduler": "cosine",
    "timestep_sampling": "uniform",
    "batch_size": 1024,
    "sample_batch_size": 10_000,
    "optimizer": "AdamW",
    "lr": 1e-3,
    "lr_schedule": "linear to 0",
    "weight_decay": 1e-5,
    "ema": 0.999,
    "sampled_from": "the last weights, not the average",
}


# What a click log is made of.


def read(path, rows=None):
    return pd.read_csv(path, dtype=str, nrows=rows)


def codes(*frames):
    """The frames' columns as codes that mean the same in all of them."""
    joined = pd.concat(frames, ignore_index=True)[frames[0].columns.tolist()]
    columns = [pd.factorize(joined[name])[0].astype(np.int64) for name in joined]
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    return list(zip(*(np.split(column, ends) for column in columns)))


def total_variation(p, q):
    """Half the sum of |p - q| between the shares of two samples of codes."""
    values, position = np.unique(np.concatenate([p, q]), return_inverse=True)
    shares = [
        np.bincount(side, minlength=len(values)) / len(side)
        for side in np.split(position, [len(p)])
    ]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def distances(real, synthetic):
    """Mean total variation distances over the columns and over the pairs of columns."""
    p, q = codes(real, synthetic)
    size = 1 + max(int(column.max()) for column in (*p, *q))
    singles = [total_variation(a, b) for a, b in zip(p, q)]
    pairs = [
        total_variation(p[i] * size + p[j], q[i] * size + q[j])
        for i, j in itertools.combinations(range(len(p)), 2)
    ]
    with_label = pairs[: len(p) - 1] if list(real.columns)[0] == "label" else []
    return {
        "field_tv": round(statistics.fmean(singles), 5),
        "pair_tv": round(statistics.fmean(pairs), 5),
        "label_pair_tv": round(statistics.fmean(with_label), 5) if with_label else None,
        "by_field": {name: round(value, 5) for name, value in zip(real.columns, singles)},
    }


def click_rate(frame):
    return round(float((frame["label"] == "1").mean()), 5)


def scores(real, synthetic, other=None):
    line = {
        "real_rows": len(real),
        "synthetic_rows": len(synthetic),
        "real_click_rate": click_rate(real),
        "synthetic_click_rate": click_rate(synthetic),
        **distances(real, synthetic),
    }
    if other is not None:
        line["other_rows"] = len(other)
        line["real_to_other"] = distances(real, other)
        line["other_to_synthetic"] = distances(other, synthetic)
    return line


# What a machine is made of.


def peak_mb():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


def family():
    """This process and all that it started, by id."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
    found = [os.getpid()]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def rss_gb(process):
    with contextlib.suppress(OSError):
        with open(f"/proc/{process}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e9
    return 0


def versions(*names):
    return {name: packages.version(name) for name in names}


def machine():
    import torch

    cpu = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    return {"cpu": cpu, "cores": os.cpu_count(), "threads": torch.get_num_threads()}


class Clock:
    """When fitting began and when each optimizer made its steps."""

    def __init__(self):
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self.start = None
        self.steps = {}
        self.rates = []
        self.hook = register_optimizer_step_post_hook(self.step)

    def step(self, optimizer, *_):
        self.steps.setdefault(id(optimizer), []).append(time.perf_counter())

    @property
    def times(self):
        """The steps of the optimizer that was last to make its first: a GAN's generator."""
        return list(self.steps.values())[-1] if self.steps else []

    def epoch(self, epochs):
        """Seconds before the first step, seconds per epoch, and steps in an epoch."""
        times = self.times
        per_epoch = len(times) // epochs
        if per_epoch * epochs != len(times):
            raise SystemExit(f"{len(times)} steps do not make {epochs} epochs")
        ends = times[per_epoch - 1 :: per_epoch]
        between = [after - before for before, after in zip(ends, ends[1:])]
        seconds = statistics.median(between) if between else None
        return {
            "setup_seconds": round(times[0] - self.start, 2),
            "epoch_seconds": seconds and round(seconds, 3),
            "steps_per_epoch": per_epoch,
        }

    def so_far(self):
        """The same, of a fit that did not come to its end."""
        times = list(self.times)
        line = {
            "seconds": round(time.perf_counter() - self.start, 1),
            "setup_seconds": round(times[0] - self.start, 2) if times else None,
            "steps": len(times),
        }
        if len(times) > 1:
            between = [after - before for before, after in zip(times, times[1:])]
            line["step_seconds"] = round(statistics.median(between), 4)
        return line


def watch(line, clock, seconds, gigabytes):
    """Ends this process and its children, with a JSON line of how far it came, past a bound.

    Notes the peak of their memory together: SDV transforms the columns in worker processes.
    """

    def run():
        peak = 0
        while True:
            time.sleep(0.5)
            processes = family()
            used = sum(map(rss_gb, processes))
            peak = max(peak, used)
            line["peak_mb_with_workers"] = round(1000 * peak)
            waited = time.perf_counter() - clock.start if clock.start else 0
            if gigabytes and used > gigabytes:
                reason = f"more than {gigabytes} GB"
            elif seconds and waited > seconds:
                reason = f"more than {seconds} s"
            else:
                continue
            emit({**line, "stopped": reason, **clock.so_far(), "peak_mb": peak_mb()})
            for process in processes[1:]:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            os._exit(3)

    threading.Thread(target=run, daemon=True).start()


def emit(line):
    print(json.dumps(line), flush=True, file=sys.__stdout__)


def seed_all(seed):
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@contextlib.contextmanager
def quiet():
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        yield


# The peers: `settings`, `versions`, `fit(frame, epochs)` and `sample(rows)`.


class SdvPeer:
    def __init__(self, method, numerical=()):
        import sdv.single_table

        self.kind = getattr(sdv.single_table, SDV[method])
        self.versions = versions("sdv", "ctgan", "rdt", "copulas", "torch", "numpy", "pandas")
        self.numerical = list(numerical)

    def make(self, frame, epochs=None):
        from sdv.metadata import Metadata

        columns = {
            name: {"sdtype": "numerical" if name in self.numerical else "categorical"}
            for name in frame
        }
        metadata = Metadata.load_from_dict({"tables": {"log": {"columns": columns}}})
        options = {} if epochs is None else {"epochs": epochs, "enable_gpu": False}
        self.synthesizer = self.kind(metadata, **options)
        self.settings = {
            name: value
            for name, value in self.synthesizer.get_parameters().items()
            if name not in ("locales", "verbose", "enforce_rounding", "enforce_min_max_values")
        }
        if self.numerical:
            self.settings["declared_numerical"] = self.numerical

    def fit(self, frame, epochs):
        """Fits to a frame of texts; `epochs` is None for a copula, which has none."""
        self.make(frame, epochs)
        frame = frame.astype({name: int for name in self.numerical})
        self.columns = list(frame)
        self.synthesizer.fit({"log": frame})
        if epochs is None:
            return
        losses = self.synthesizer.get_loss_values()
        losses = losses["log"] if isinstance(losses, dict) else losses
        last = losses.iloc[-1].to_dict()
        self.last_loss = {name: float(value) for name, value in last.items()}

    def sample(self, rows):
        made = self.synthesizer.sample(rows)
        made = made["log"] if isinstance(made, dict) else made
        return made[self.columns].astype(str)


class TabDdpmPeer:
    """The authors' diffusion and denoiser; the loop of their scripts/train.py."""

    def __init__(self):
        folder = os.environ.get("TAB_DDPM")
        if not folder:
            raise SystemExit("TAB_DDPM must name a clone of github.com/yandex-research/tab-ddpm")
        sys.path.insert(0, folder)
        self.settings = {**TABDDPM, "commit": "b476257d"}
        self.versions = versions("torch", "numpy", "pandas")

    def fit(self, frame, steps):
        import torch
        from tab_ddpm import GaussianMultinomialDiffusion, MLPDiffusion

        fields = frame.drop(columns="label")
        factors = [pd.factorize(fields[name]) for name in fields]
        self.values = [np.asarray(values) for _, values in factors]
        self.columns = list(fields)
        x = torch.from_numpy(np.stack([codes for codes, _ in factors], axis=1)).float()
        y = torch.from_numpy((frame["label"] == "1").to_numpy().astype(np.int64))
        sizes = np.array([len(values) for values in self.values])
        self.label_counts = torch.bincount(y, minlength=2).float()
        denoiser = MLPDiffusion(
            d_in=int(sizes.sum()),
            num_classes=2,
            is_y_cond=True,
            rtdl_params={"d_layers": TABDDPM["d_layers"], "dropout": TABDDPM["dropout"]},
            dim_t=TABDDPM["dim_t"],
        )
        self.diffusion = GaussianMultinomialDiffusion(
            num_classes=sizes,
            num_numerical_features=0,
            denoise_fn=denoiser,
            num_timesteps=TABDDPM["num_timesteps"],
            scheduler=TABDDPM["scheduler"],
        )
        self.diffusion.train()
        optimizer = torch.optim.AdamW(
            self.diffusion.parameters(), lr=TABDDPM["lr"], weight_decay=TABDDPM["weight_decay"]
        )
        average = [parameter.detach().clone() for parameter in denoiser.parameters()]
        batches = self.batches(x, y)
        seen, total = 0, 0.0
        for step in range(steps):
            x_batch, y_batch = next(batches)
            optimizer.zero_grad()
            multinomial, gaussian = self.diffusion.mixed_loss(x_batch, {"y": y_batch})
            loss = multinomial + gaussian
            loss.backward()
            optimizer.step()
            for group in optimizer.param_groups:
                group["lr"] = TABDDPM["lr"] * (1 - step / steps)
            if step % 100 == 0:
                seen, total = 0, 0.0
            seen += len(x_batch)
            total += loss.item() * len(x_batch)
            for kept, parameter in zip(average, denoiser.parameters()):
                kept.mul_(TABDDPM["ema"]).add_(parameter.detach(), alpha=1 - TABDDPM["ema"])
        self.last_loss = {"loss": total / seen}

    @staticmethod
    def batches(x, y):
        import torch

        while True:
            order = torch.randperm(len(x))
            for part in order.split(TABDDPM["batch_size"]):
                yield x[part], y[part]

    def sample(self, rows):
        self.diffusion.eval()
        with quiet():
            x, y = self.diffusion.sample_all(
                rows, min(rows, TABDDPM["sample_batch_size"]), self.label_counts
            )
        made = {"label": y.numpy().astype(int).astype(str)}
        for column, name, values in zip(x.numpy().astype(int).T, self.columns, self.values):
            made[name] = values[column]
        return pd.DataFrame(made)


class SdgymPeer:
    """SDGym's TabDDPM: no options, the number of steps its own."""

    def __init__(self):
        from sdgym.synthesizers import TabDDPMSynthesizer

        self.baseline = TabDDPMSynthesizer()
        self.settings = {"options": "none to be given"}
        self.versions = versions("sdgym", "sdv", "torch", "numpy", "pandas")

    def fit(self, frame, _):
        from torch.optim.optimizer import register_optimizer_step_pre_hook

        def see(optimizer, *_):
            group = optimizer.param_groups[0]
            seen = {
                "optimizer": type(optimizer).__name__,
                "lr": group["lr"],
                "weight_decay": group["weight_decay"],
                "weights": [list(p.shape) for p in group["params"] if p.ndim == 2],
            }
            self.settings.setdefault("seen_at_the_first_step", seen)

        columns = {name: {"sdtype": "categorical"} for name in frame}
        self.columns = list(frame)
        hook = register_optimizer_step_pre_hook(see)
        self.synthesizer = self.baseline.get_trained_synthesizer(frame, {"columns": columns})
        hook.remove()
        self.last_loss = None

    def sample(self, rows):
        made = self.baseline.sample_from_synthesizer(self.synthesizer, rows)
        return made[self.columns].astype(str)


def peer(args):
    warnings.filterwarnings("ignore")
    if args.method in SDV:
        return SdvPeer(args.method, [name for name in args.numerical.split(",") if name])
    return {"tabddpm": TabDdpmPeer, "tabddpm-sdgym": SdgymPeer}[args.method]()


# The sub-commands.


def sample(args):
    frame = read(args.csv)
    drop = [name for name in args.drop.split(",") if name]
    order = np.random.default_rng(args.seed).permutation(len(frame))
    frame = frame.drop(columns=drop)
    frame.iloc[np.sort(order[: args.rows])].to_csv(args.out, index=False)
    if args.other:
        frame.iloc[np.sort(order[args.rows : 2 * args.rows])].to_csv(args.other, index=False)


def epoch(args):
    frame = read(args.csv)
    one = peer(args)
    epochs = args.epochs
    if args.method == "tabddpm":
        epochs *= -(-len(frame) // TABDDPM["batch_size"])
    line = {
        "what": "epoch",
        "method": args.method,
        "rows": len(frame),
        "fields": len(frame.columns) - 1,
        "categories": int(frame.nunique().sum()),
        "epochs": args.epochs,
        "imports_mb": peak_mb(),
        "versions": one.versions,
        "machine": machine(),
    }
    clock = Clock()
    watch(line, clock, args.max_seconds, args.max_gb)
    seed_all(1)
    clock.start = time.perf_counter()
    with quiet():
        one.fit(frame, epochs)
    fitted = time.perf_counter()
    if args.method == "tabddpm-sdgym":
        line["epochs"] = None
        line.update(clock.so_far())
    else:
        line.update(clock.epoch(args.epochs))
    line["fit_seconds"] = round(fitted - clock.start, 2)
    line["fit_peak_mb"] = peak_mb()
    start = time.perf_counter()
    with quiet():
        one.sample(args.rows)
    line["sampled_rows"] = args.rows
    line["sample_seconds"] = round(time.perf_counter() - start, 2)
    emit({**line, "peak_mb": peak_mb(), "settings": one.settings})


def train(args):
    frame = read(args.csv)
    one = peer(args)
    clock = Clock()
    seed_all(args.seed)
    clock.start = time.perf_counter()
    with quiet():
        one.fit(frame, args.epochs)
    fitted = time.perf_counter()
    with quiet():
        made = one.sample(len(frame))
    sampled = time.perf_counter()
    made.to_csv(args.out, index=False)
    counted = "steps" if args.method == "tabddpm" else "epochs"
    emit(
        {
            "what": "train",
            "set": args.set,
            "method": args.method,
            "seed": args.seed,
            counted: args.epochs,
            "optimizer_steps": len(clock.times),
            "fit_seconds": round(fitted - clock.start, 2),
            "sample_seconds": round(sampled - fitted, 2),
            "peak_mb": peak_mb(),
            "last_loss": one.last_loss,
            "score": scores(frame, made, read(args.other) if args.other else None),
            "versions": one.versions,
            "machine": machine(),
            "settings": one.settings,
        }
    )


def score(args):
    other = read(args.other) if args.other else None
    emit({"what": "score", **scores(read(args.real), read(args.synthetic), other)})


def collect(args):
    lines = []
    for path in args.lines:
        with open(path) as file:
            lines += [json.loads(line) for line in file if line.startswith("{")]
    trained = [line for line in lines if line.get("what") == "train"]
    summary = []
    groups = {}
    floors = {}
    for line in trained:
        numerical = ",".join(line["settings"].get("declared_numerical", []))
        groups.setdefault((line["set"], line["method"], numerical), []).append(line)
    for (name, method, numerical), group in sorted(groups.items()):
        row = {"set": name, "method": method}
        if numerical:
            row["declared_numerical"] = numerical
        row.update({"seeds": sorted(line["seed"] for line in group)})
        row.update({key: group[0][key] for key in ("epochs", "steps") if key in group[0]})
        for figure in ("field_tv", "pair_tv", "label_pair_tv", "synthetic_click_rate"):
            values = [line["score"][figure] for line in group]
            row[figure] = {
                "mean": round(statistics.fmean(values), 5),
                "sd": round(statistics.stdev(values), 5) if len(values) > 1 else None,
            }
        for figure in ("fit_seconds", "sample_seconds", "peak_mb"):
            row[figure] = statistics.median(line[figure] for line in group)
        summary.append(row)
        floors[name] = group[0]["score"].get("real_to_other")
    report = {
        "notes": args.note,
        "summary": summary,
        "between_two_real_samples": floors,
        "trained": sorted(trained, key=lambda x: (x["set"], x["method"], x["seed"])),
        "speed": [line for line in lines if line.get("what") == "epoch"],
        "other": [line for line in lines if line.get("what") not in ("train", "epoch")],
    }
    with open(args.out, "w") as file:
        json.dump(report, file, indent=1)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)

    one = commands.add_parser("sample", help="a seeded random sample of rows")
    one.add_argument("csv")
    one.add_argument("rows", type=int)
    one.add_argument("seed", type=int)
    one.add_argument("out")
    one.add_argument("--drop", default="", help="fields to leave out, with commas between")
    one.add_argument("--other", help="a CSV for as many further rows, none of them the same")
    one.set_defaults(run=sample)

    one = commands.add_parser("epoch", help="seconds per training epoch")
    one.add_argument("method", choices=METHODS)
    one.add_argument("csv")
    one.add_argument("--epochs", type=int, default=3)
    one.add_argument("--rows", type=int, default=20_000, help="rows to sample")
    one.add_argument("--max-seconds", type=float, help="stop fitting after so long")
    one.add_argument("--max-gb", type=float, help="stop above so much resident memory")
    one.set_defaults(run=epoch)

    one = commands.add_parser("train", help="fit, sample as many rows, score")
    one.add_argument("method", choices=METHODS)
    one.add_argument("csv")
    one.add_argument("epochs", type=int)
    one.add_argument("seed", type=int)
    one.add_argument("out")
    one.add_argument("--set", help="what the CSV is called in the report")
    one.add_argument("--other", help="other real rows, to score against too")
    one.set_defaults(run=train)

    one = commands.add_parser("score", help="how far apart two CSV files are")
    one.add_argument("real")
    one.add_argument("synthetic")
    one.add_argument("--other", help="other real rows: the noise between two real samples")
    one.set_defaults(run=score)

    one = commands.add_parser("collect", help="the JSON lines of many calls in one file")
    one.add_argument("out")
    one.add_argument("lines", nargs="+")
    one.add_argument("--note", action="append", default=[], help="a remark for the reader")
    one.set_defaults(run=collect)

    for one in (commands.choices["epoch"], commands.choices["train"]):
        one.add_argument("--numerical", default="", help="fields that SDV is told are numbers")
        one.add_argument("--batch-size", type=int, help="of tabddpm")
        one.add_argument("--timesteps", type=int, help="of tabddpm")

    args = parser.parse_args()
    for name, option in (("batch_size", "batch_size"), ("num_timesteps", "timesteps")):
        if getattr(args, option, None):
            TABDDPM[name] = getattr(args, option)
    args.run(args)


if __name__ == "__main__":
    main()
