#!/bin/bash
# Gives each task of a job the site's settings of the tracker: to be the TaskProlog of slurm.conf, run by the user.
# SLURM puts the lines "export NAME=value" that it prints into the task's environment (Prolog and Epilog Guide). What
# the user has set stays.

set -u

settings=${ENERGYVIS_SLURM_SETTINGS:-/etc/energyvis/slurm.env}
names=(
    ENERGYVIS_LAKE ENERGYVIS_POWERCAP ENERGYVIS_CPU_TDP_W
    ENERGYVIS_LIVE_ADDRESS ENERGYVIS_LIVE_PORT ENERGYVIS_LIVE_TOKEN
)

# In a subshell, so that what the user has set and what the site has set stay apart.
site_value() (
    unset "$1"
    # shellcheck source=/dev/null
    . "$settings" >/dev/null 2>&1
    printf '%s' "${!1:-}"
)

if [ -r "$settings" ]; then
    for name in "${names[@]}"; do
        value=$(site_value "$name")
        if [ -z "${!name+set}" ] && [ -n "$value" ]; then
            printf 'export %s=%s\n' "$name" "$value"
        fi
    done
fi
exit 0
