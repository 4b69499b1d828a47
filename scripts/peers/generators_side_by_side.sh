#!/bin/sh
# Time and peak memory of imbalanced-learn's SMOTEN and SDV's Gaussian copula beside ours.
#
#     python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
#     PYTHON=venv/bin/python scripts/peers/generators_side_by_side.sh DATA_DIR
#
# DATA_DIR holds frappe_x1/ as `synthctr data fetch frappe_x1` leaves it. imbalanced-learn runs on the
# first 5,000, 10,000 and 20,000 rows only: its memory grows with the square of the rows.
set -eu
data=$1
python=${PYTHON:-python3}
here=$(dirname "$0")
for rows in 5000 10000 20000; do
    "$python" "$here/generators_peer.py" smoten "$data/frappe_x1/train.csv" "$rows"
done
"$python" "$here/generators_peer.py" gaussian-copula "$data/frappe_x1/train.csv"
echo "synthctr, all rows:"
cargo run --quiet --release --example generators -- frappe_x1 "$data"
