#!/bin/sh
# SDV's CTGAN, CopulaGAN and TVAE on integer codes read as numbers, beside ours: the whole fit to all
# rows and rows drawn, in turn, so that both meet the same machine.
#
#     python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-sdv-numbers.txt
#     PYTHON=venv/bin/python scripts/peers/numbers_side_by_side.sh TRAIN_CSV FOLDER [EPOCHS [ROWS]]
#
# Both draw 20,000 rows. SDV's seconds and peak memory are in FOLDER's .json files; ours, of the whole
# program (reading, modes, training, drawing, writing), are printed as GNU time gives them.
set -eu
train=$1
folder=$2
epochs=${3:-3}
rows=${4:+--rows $4}
python=${PYTHON:-python3}
synthctr=${SYNTHCTR:-target/release/synthctr}
here=$(dirname "$0")
mkdir -p "$folder"
if [ -n "$rows" ]; then
    head -n "$((${4} + 1))" "$train" > "$folder/train.csv"
    real=$folder/train.csv
else
    real=$train
fi
for method in tvae ctgan copula-gan; do
    # shellcheck disable=SC2086
    "$python" "$here/sdv_numbers.py" draw "$method" "$train" "$folder" \
        --epochs "$epochs" --draw 20000 $rows
    /usr/bin/time -f "synthctr-$method-${epochs}ep-1 seconds %e peak_kb %M" \
        "$synthctr" generate --real "$real" --label label --method "$method" --preset paper \
        --epochs "$epochs" --conditioning joint --reading numbers \
        --numbers user,item,country,city --rows 20000 --seed 1 \
        --out "$folder/$method-1.csv" > /dev/null 2> "$folder/$method.log"
    tail -n 1 "$folder/$method.log"
done
