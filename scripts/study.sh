#!/bin/sh
# Goes on with the study in reports/frappe_x1 and beside it, the most needed cells first, at the lowest priority. May be
# stopped at any moment (Ctrl-C, or kill): finished cells stay, and the next call goes on with the others.
#
#     scripts/study.sh DATA_DIR [OPTION...]       # the folder that `synthctr data fetch` filled
#
# OPTIONs are added to every `synthctr run`, for instance --dry-run. SYNTHCTR names the program
# (default: target/release/synthctr).
set -eu
data=${1:?"the folder with frappe_x1, as in: scripts/study.sh data"}
shift
synthctr=${SYNTHCTR:-target/release/synthctr}
out=reports/frappe_x1

# Where the kernel groups processes by session, `nice` counts within the group alone, and the group has a
# priority of its own: so a session of its own, which ends with this one's script.
if [ -z "${STUDY_SESSION:-}" ] && command -v setsid > /dev/null; then
    STUDY_SESSION=1 setsid sh "$0" "$data" "$@" &
    session=$!
    trap 'kill -s TERM -- "-$session"; exit 130' INT TERM
    wait "$session"
    exit
fi
if [ -n "${STUDY_SESSION:-}" ] && [ -w /proc/$$/autogroup ]; then
    echo 19 > /proc/$$/autogroup
fi
renice -n 19 -p $$ > /dev/null

run() {
    "$synthctr" run paper --out "$out" --data-dir "$data" --conditioning joint,per-class \
        --reading categories,numbers "$@"
}
cells() {
    run --no-quality "$@"
}
# The trained generators have the preset `cpu`: the published 300 epochs and more on all rows would take days here.
# They are kept, so that none is fitted again for the next rows.
all() {
    cells --preset cpu --save-generator "$@"
}

# 1. Negatives of the copula beside what they are compared with; every difference shares `base`.
cells --scenarios base,neg25 --generators gaussian-copula,uniform-item,resample --seeds 10 "$@"

# 2. Everything, two seeds: negatives first, then clicks and how good and how private the rows are, then rows alone;
#    before the larger shares, more seeds of what all differences share.
all --scenarios base,neg25 --seeds 2 "$@"
run --preset cpu --save-generator --scenarios base,neg25,pos25 --seeds 2 "$@"
all --scenarios base,neg25,pos25,synthetic-only --seeds 2 "$@"
cells --scenarios base --generators resample --seeds 30 "$@"
all --scenarios base,neg25,pos25,synthetic-only,neg50 --seeds 2 "$@"
all --seeds 2 "$@"
cells --scenarios base,neg25 --generators resample --seeds 30 "$@"

# 3. How many negatives are best, in a folder of its own, since what each ratio does is another question. It begins with
#    the cells that there are, so that `base` has thirty seeds there too.
sweep() {
    "$synthctr" run sweep --out reports/frappe_sweep --data-dir "$data" --no-quality "$@"
}
sweep --only /dev/null "$@"
if [ -d reports/frappe_sweep/cells ]; then
    for of in none.base gaussian-copula.per-class.neg25 gaussian-copula.per-class.neg50 uniform-item.per-class.neg25 \
        uniform-item.per-class.neg50; do
        for cell in "$out"/cells/$of.deepfm.*; do
            [ ! -e "$cell" ] || [ -e "reports/frappe_sweep/cells/${cell##*/}" ] || cp "$cell" reports/frappe_sweep/cells
        done
    done
fi
sweep "$@"

# 4. What is still open: whether the copula's non-clicks help, fitted per class with ids as categories, as one of four
#    ways. Who looks after every two seeds needs intervals that hold however often, and these are a whole folder's: so
#    one of its own, which begins with the cells that there are.
decided=reports/frappe_until_decided
decide() {
    "$synthctr" run paper --out "$decided" --data-dir "$data" --conditioning per-class --reading categories \
        --scenarios base,neg25 --generators gaussian-copula --until-decided --max-seeds 60 \
        --claims claims/until_decided.toml --no-quality "$@"
}
if [ ! -d "$decided" ]; then
    decide --only /dev/null "$@"
    if [ -d "$decided/cells" ]; then
        cp "$out"/cells/none.base.* "$out"/cells/gaussian-copula.per-class.neg25.* "$decided/cells"
    fi
fi
decide "$@"

# 5. Whether gains survive longer training, apart too, since its settings differ; copies, which gain nothing, last.
longer() {
    "$synthctr" run longer --out reports/frappe_longer --data-dir "$data" --no-quality "$@"
}
longer --generators gaussian-copula,uniform-item "$@"
longer "$@"

# 6. Rows alone scatter most, and get five seeds: last, since three more of every network are fitted for them.
all --scenarios base,synthetic-only --seeds 5 "$@"
