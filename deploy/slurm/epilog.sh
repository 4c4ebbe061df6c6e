#!/bin/bash
# Brings the runs of a job in order that was killed, and takes the RAPL counters back from it: to be the Epilog of
# slurm.conf, run by root on each node; a user may run it too. Settings: README.md. Ends with 0 whatever happens, since
# SLURM drains a node whose epilog fails.

set -u
# SLURM sets no search path for these programs (Prolog and Epilog Guide).
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
trap 'exit 0' EXIT

say() {
    echo "energyvis epilog: $*" >&2
}

uid=${SLURM_JOB_UID:-$(id -u)}
gid=$(id -g "$uid" 2>/dev/null)
HOME=$(getent passwd "$uid" | cut -d: -f6) # the settings may name it

settings=${ENERGYVIS_SLURM_SETTINGS:-/etc/energyvis/slurm.env}
if [ -r "$settings" ]; then
    # shellcheck source=/dev/null
    . "$settings"
fi

powercap=${ENERGYVIS_POWERCAP:-/sys/class/powercap}
patience_s=${ENERGYVIS_EPILOG_S:-20}
track=${ENERGYVIS_TRACK:-energyvis-track}

# A group that the site has named keeps the counters; one that was only the job's gives them back.
shopt -s nullglob
if [ "$(id -u)" -eq 0 ] && [ -z "${ENERGYVIS_RAPL_GROUP:-}" ]; then
    for counter in "$powercap"/intel-rapl*:*/energy_uj; do
        if [ "$(stat -c %g "$counter")" = "$gid" ]; then
            chmod 0400 "$counter" && chgrp 0 "$counter"
        fi
    done
fi

# As the job's user, never as root: the lake is the user's, and what lies in it is for the user to say.
user=()
if [ "$(id -u)" -ne "$uid" ]; then
    user=(setpriv --reuid "$uid" --regid "$gid" --init-groups)
fi
lake=()
if [ -n "${ENERGYVIS_LAKE:-}" ]; then
    lake=("ENERGYVIS_LAKE=$ENERGYVIS_LAKE")
fi
if ! "${user[@]}" env -i "PATH=$PATH" "HOME=${HOME:-/}" "${lake[@]}" \
    timeout --kill-after 5 "$patience_s" "$track" recover >/dev/null; then
    say "the runs of job ${SLURM_JOB_ID:-?} are not all in order; the next start of a tracker will see to it"
fi
