#!/bin/bash
# Makes the RAPL counters readable for the job: to be the Prolog of slurm.conf, run by root on each node.
# Settings: README.md. Ends with 0 whatever happens, since SLURM drains a node whose prolog fails.

set -u
# SLURM sets no search path for these programs (Prolog and Epilog Guide).
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
trap 'exit 0' EXIT

say() {
    echo "energyvis prolog: $*" >&2
}

settings=${ENERGYVIS_SLURM_SETTINGS:-/etc/energyvis/slurm.env}
if [ -r "$settings" ]; then
    # shellcheck source=/dev/null
    . "$settings"
fi

powercap=${ENERGYVIS_POWERCAP:-/sys/class/powercap}
group=${ENERGYVIS_RAPL_GROUP:-}
if [ -z "$group" ] && [ -n "${SLURM_JOB_UID:-}" ]; then
    group=$(id -g "$SLURM_JOB_UID" 2>/dev/null)
fi
if [ -z "$group" ]; then
    say "it is not known for which group, neither by ENERGYVIS_RAPL_GROUP nor by SLURM_JOB_UID"
    exit
fi

shopt -s nullglob
counters=("$powercap"/intel-rapl*:*/energy_uj)
for counter in "${counters[@]}"; do
    # The group first: the counter must never be readable for the group that it had before.
    if ! chgrp "$group" "$counter" || ! chmod 0440 "$counter"; then
        say "$counter stays as it is"
    fi
done
if [ "${#counters[@]}" -eq 0 ]; then
    say "no RAPL counters in $powercap"
fi
