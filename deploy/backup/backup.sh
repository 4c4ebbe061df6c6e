#!/bin/bash
# Copies a lake while trackers write to it and runs are compacted: backup.sh LAKE COPY. The copy is a lake itself, as it
# stood at one moment of the copying; a later call brings it up to date. Ends with another status than 0 where a file
# could not be copied. What it relies on: docs/lake_format.md, "Rules for readers".

set -euo pipefail

if [ $# -ne 2 ]; then
    echo "backup.sh: name the lake and the folder of the copy: backup.sh LAKE COPY" >&2
    exit 2
fi
lake=${1%/}
copy=${2%/}
if [ ! -f "$lake/lake.json" ]; then
    echo "backup.sh: $lake is not a lake: it has no lake.json. Name the folder that ENERGYVIS_LAKE names." >&2
    exit 2
fi
mkdir -p "$copy"
exec 9>"$copy/.backup.lock"
if ! flock --nonblock 9; then
    echo "backup.sh: another backup writes to $copy. Wait for it to end." >&2
    exit 2
fi

# A file that vanishes meanwhile (24) has been put together with others, which are copied now or the next time.
copy_part() {
    local status=0
    rsync --archive --delete-after "$@" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 24 ]
}

# First what is being written, then what has been compacted: a run that moves from one to the other meanwhile is then in
# both, and counts once. The other way round it would be in neither. A run's folder stays in the copy until below.
if [ -d "$lake/live" ]; then
    copy_part --filter='protect /*/' --exclude='.*' "$lake/live/" "$copy/live/"
fi
# The samples say that a run is compacted, and the rest of it is there before them: so they are listed first.
if [ -d "$lake/runs" ]; then
    copy_part --exclude='.*' --include='*/' --include='*.samples.parquet' --exclude='*' "$lake/runs/" "$copy/runs/"
    copy_part --exclude='.*' --exclude='*.samples.parquet' "$lake/runs/" "$copy/runs/"
fi
if [ -d "$lake/quarantine" ]; then
    copy_part "$lake/quarantine/" "$copy/quarantine/"
fi
copy_part "$lake/lake.json" "$copy/"

shopt -s nullglob
for samples in "$copy"/runs/month=*/*.samples.parquet; do
    run_id=$(basename "$samples" .samples.parquet)
    rm -rf -- "${copy:?}/live/${run_id:?}"
done
