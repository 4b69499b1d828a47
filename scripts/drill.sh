#!/usr/bin/env bash
# What a run survives: kills at random moments, several processes in one folder, a disk that is full, a folder that
# cannot be written, files that are cut, flipped and emptied. After each the same command must finish the run, and
# every bit of its results must be that of a run that nothing happened to.
#
#     scripts/drill.sh [PROGRAM] [KILLS]       # target/release/synthctr, 100; ten minutes on two cores
#
# Prints a line for each part, with its figures, and ends with 1 at the first that fails. The full disk and the
# folder that cannot be written are mounts of memory, which want root; without it they are left out, and that is said.
set -euo pipefail
if [[ "${1:-}" == -* ]]; then
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit
fi
program=$(realpath "${1:-target/release/synthctr}")
kills=${2:-100}
# Moments differ from call to call unless DRILL_SEED says otherwise.
RANDOM=${DRILL_SEED:-$$}
work=$(mktemp -d)
mounted=()
trap 'for m in "${mounted[@]}"; do umount "$m" 2>/dev/null || true; done; rm -rf "$work"' EXIT
cd "$work"

# A minute's worth of cells at most, of every kind.
experiment=(quick --set "generators=['smoten','gaussian-copula','ctgan','resample']" --models dnn,masknet
    --scenarios base,pos25,neg25)
run() { "$program" run "${experiment[@]}" "$@" > out.txt 2> err.txt; }
# The same in the background: the process that `$!` names is the program itself, so that a kill is its.
start() { exec "$program" run "${experiment[@]}" "$@" > out.txt 2>> err.txt; }

fail() {
    echo "FAILED: $1" >&2
    tail -n 5 err.txt >&2 || true
    exit 1
}

# Ends with an error unless a run is finished and equals the one that nothing happened to.
same() {
    "$program" compare whole "$1" > compare.txt 2>&1 || { cat compare.txt >&2; fail "$2: results differ"; }
    cmp -s <(cut -d, -f1-8 whole/results.csv) <(cut -d, -f1-8 "$1/results.csv") || fail "$2: results.csv differs"
}

# No file of results is anything but whole.
whole_files() {
    run --out "$1" --dry-run || fail "$2: --dry-run"
    if grep -q 'damaged' out.txt err.txt; then fail "$2: a file is damaged"; fi
}

run --out whole || fail "the run itself"
cells=$(ls whole/cells | wc -l)
echo "whole: $cells cells"

# Kills, of one process with two jobs, then of one of two shards.
for how in jobs shards; do
    done_kills=0 finished=0 round=0
    while ((done_kills < kills / 2)); do
        out="$how$round"
        case $how in
            jobs) start --out "$out" --jobs 2 & ;;
            shards) start --out "$out" --shard 1/2 & start --out "$out" --shard 2/2 & ;;
        esac
        pids=$(jobs -p)
        sleep "$((RANDOM % 3)).$((RANDOM % 10))"
        if kill -9 $pids 2>/dev/null; then done_kills=$((done_kills + 1)); fi
        wait $pids 2>/dev/null || true
        whole_files "$out" "$how"
        if [[ $(ls "$out/cells" 2>/dev/null | wc -l) -eq $cells ]]; then
            run --out "$out" || fail "$how: the last call"
            same "$out" "$how"
            finished=$((finished + 1)) round=$((round + 1))
        fi
    done
    run --out "$how$round" || fail "$how: the last call"
    same "$how$round" "$how"
    echo "kills, $how: $done_kills, over $((finished + 1)) runs, all equal"
done

for processes in 2 4; do
    for _ in $(seq "$processes"); do
        start --out "crowd$processes" --jobs 1 &
    done
    for pid in $(jobs -p); do wait "$pid" || fail "$processes processes in one folder"; done
    same "crowd$processes" "$processes processes"
    echo "$processes processes in one folder: equal"
done

# Cuts, flips a bit of, and empties the files of a folder, as many as said, each mended by the command that follows.
harm() {
    local folder=$1 most=$2 file damage size at byte
    damages=0 files=0
    while read -r file; do
        files=$((files + 1))
        for damage in cut flip empty; do
            size=$(stat -c %s "$file")
            case $damage in
                cut) truncate -s $((size / 2)) "$file" ;;
                flip)
                    at=$(((RANDOM * 32768 + RANDOM) % size))
                    byte=$(($(od -An -tu1 -j "$at" -N 1 "$file") ^ (1 << RANDOM % 8)))
                    printf "\\x$(printf %02x "$byte")" | dd of="$file" bs=1 seek="$at" conv=notrunc status=none
                    ;;
                empty) : > "$file" ;;
            esac
            "${@:3}" --out "$folder" || fail "$damage of $file"
            damages=$((damages + 1))
        done
    done < <(find "$folder" -type f -name '*.*' -size +0 | grep -v -e '/\.synthctr' -e '\.lock$' |
        sort -R --random-source=<(yes "$RANDOM") | head -n "$most")
}
cp -r whole harmed
harm harmed 40 run
same harmed "damaged files"
echo "files cut, flipped, emptied: $files of the run, $damages times, all made good"

# A run of a second, which writes a file of every kind: for what is tried at each of them.
small=(quick --generators tvae --conditioning joint --models dnn --scenarios base,neg25 --set training.epochs=1
    --set generator.tvae.epochs=1 --save-models --save-generator)
run_small() { "$program" run "${small[@]}" "$@" > out.txt 2> err.txt; }
run_small --out whole_small || fail "the small run itself"
same_small() {
    "$program" compare whole_small "$1" > compare.txt 2>&1 || { cat compare.txt >&2; fail "$2: results differ"; }
}
cp -r whole_small harmed_small
harm harmed_small 1000 run_small
same_small harmed_small "damaged files of the small run"
echo "files cut, flipped, emptied: every one of the small run, $files, $damages times, all made good"

if [[ $EUID -ne 0 ]]; then
    echo "full disk, folder that cannot be written: left out, they want root"
    exit 0
fi
# A disk that is full at one file after the other: it grows by a page until the run is through. Every file that is
# there in between must be whole.
mkdir full && mount -t tmpfs -o size=16k tmpfs full && mounted+=("$work/full")
refusals=0
for ((kilobytes = 16; ; kilobytes += 8)); do
    mount -o "remount,size=${kilobytes}k" full
    if run_small --out full/run; then break; fi
    grep -q '^error: ' err.txt || fail "a full disk is not said to be one"
    refusals=$((refusals + 1))
    ((refusals < 2000)) || fail "a full disk: no end"
done
same_small full/run "full disk"
echo "disks that were full: $refusals, from 16 to $kilobytes kB, then equal"

# A folder that cannot be written from a moment on, one moment after the other.
mkdir ro && mount -t tmpfs -o size=64m tmpfs ro && mounted+=("$work/ro")
refusals=0
for ((moment = 0; moment < 60; moment++)); do
    rm -rf ro/run
    (exec "$program" run "${small[@]}" --out ro/run > out.txt 2> err.txt) & pid=$!
    sleep "$(printf '0.%03d' $((moment * 25 % 1000)))"
    # Files that are open for writing keep a mount from becoming read-only for a moment.
    for _ in $(seq 50); do mount -o remount,ro ro 2>/dev/null && break; sleep 0.02; done
    if ! wait $pid; then
        grep -q '^error: ' err.txt || fail "a folder that cannot be written is not said to be one"
        refusals=$((refusals + 1))
    fi
    mount -o remount,rw ro
    run_small --out ro/run || fail "read-only folder: the last call"
    same_small ro/run "read-only folder"
done
echo "folders that could not be written from a moment on: $refusals, then equal"
