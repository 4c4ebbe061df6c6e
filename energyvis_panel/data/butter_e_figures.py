"""Published figures of BUTTER-E that a loaded copy is held against, each with its source.

Numbers stand as they are printed, since their last digit says how closely they are known.
"""

from typing import Final

TABLE: Final = "published table"
SUMMARY: Final = "summary of the published table"
FILES: Final = "published files"

COUNTS: Final = (
    ("runs_standardised", "standardised runs", "standardised", "37055", TABLE),
    ("runs_cpu", "of them on CPU nodes", "cpu_runs", "22545", TABLE),
    ("runs_gpu", "of them on GPU nodes", "gpu_runs", "14510", TABLE),
    (
        "settings_by_hardware",
        "settings, CPU and GPU apart",
        "settings_by_hardware",
        "34585",
        SUMMARY,
    ),
    ("settings_on_both", "settings measured on both", "settings_on_both", "13121", "analysis by JoulePoint"),
    ("first_job", "lowest SLURM job", "first_job", "10296440", TABLE),
    ("last_job", "highest SLURM job", "last_job", "10430870", TABLE),
    ("overhead_cpu", "overhead of CPU runs, J", "cpu_overhead_j", "14028.665572999802", TABLE),
    ("overhead_gpu", "overhead of GPU runs, J", "gpu_overhead_j", "271560.2400475498", TABLE),
)
"""Key, words, column of ``butter_e/acceptance_counts``, figure, source."""

STAGES: Final = (
    ("stage_all", "runs in the metadata", "runs", "64988", "notebook 1"),
    ("stage_optimizer", "of the optimizer batch", "optimizer_batch", "23859", "notebook 1"),
    ("stage_queued", "runs without it", "queued", "41129", "notebook 1"),
    ("stage_zero_watts", "with zero watts", "zero_watts", "470", "notebook 1"),
    ("stage_missing_all", "without any watts", "missing_all", "137", "notebook 1"),
    ("stage_no_file", "without a file of watts", "no_file", "44", "notebook 1"),
    ("stage_missing_some", "with watts missing", "missing_some", "14", "notebook 1"),
    ("stage_joined", "runs with energy", "joined", "40464", "notebook 1"),
    ("stage_run_time", "too long (filter 1)", "rejected_run_time", "163", "notebook 2"),
    ("stage_energy", "without energy (filter 2)", "rejected_energy", "0", "notebook 2"),
    ("stage_outlier", "outliers only (filter 3)", "rejected_outlier", "78", "notebook 2"),
    ("stage_kept", "runs that the filters keep", "kept", "40223", "notebook 3"),
    ("stage_removed", "for the overhead, or not above it", "removed", "3168", SUMMARY),
)
"""As above, for the raw set alone."""

OVERHEADS: Final = (
    ("overhead_time_cpu", "overhead of CPU runs, s", "cpu_overhead_s", "52.8839136", TABLE),
    ("overhead_time_gpu", "overhead of GPU runs, s", "gpu_overhead_s", "656.3736757", TABLE),
)
"""Key, words, key among the manifest's figures, figure, source."""

IDLE: Final = tuple(
    (f"idle_{kind}", f"idle power of {kind} nodes, W", f"{kind}_idle_w", power_w, "notebook 3")
    for kind, power_w in {
        "cpu1": "220", "cpu2": "230", "cpu3": "309", "cpu4": "388", "gpu1": "374", "gpu2": "403",
    }.items()
)  # fmt: skip

STATISTICS: Final = ("mean", "least", "25 %", "median", "75 %", "greatest")
QUANTILES: Final = {
    "energy_j": ("energy, J", "1057974", "29984.6", "216888.8", "478734.4", "1178589", "22157110"),
    "run_time_s": ("run time, s", "2758.776", "114.581", "667.341", "1242.421", "3320.141", "67631.757"),
    "power_w": ("power, W", "369.298", "235.291", "322.154", "349.262", "421.948", "579.467"),
    "std_power_w": (
        "standardised power, W", "365.368", "230.874", "321.341", "348.093", "418.640", "550.467",
    ),
    "std_energy_j": (
        "standardised energy, J", "1047339", "28838.83", "215824.1", "471009.0", "1173883", "22157110",
    ),
    "non_overhead_energy_j": (
        "energy without overhead, J", "932466", "14810.16", "126804.9", "336355.9", "1111264", "22143080",
    ),
    "depth": ("depth, layers", "9.072", "2", "5", "8", "12", "20"),
    "size": ("size, parameters", "1900497", "32", "2048", "65536", "1048576", "16777216"),
}  # fmt: skip
"""Words and :data:`STATISTICS` of the standardised runs, from a summary of the published table."""

GROUPS: Final = {
    "shape": {
        "rectangle": 8004, "trapezoid": 5205, "exponential": 4880, "rectangle_residual": 4330,
        "wide_first_2x": 3750, "wide_first_16x": 3645, "wide_first_8x": 3629, "wide_first_4x": 3612,
    },
    "dataset": {
        "529_pollen": 3502, "banana": 3484, "537_houses": 3473, "wine_quality_white": 3313,
        "294_satellite_image": 3229, "201_pol": 3172, "connect_4": 3074, "nursery": 2877, "sleep": 2858,
        "splice": 2835, "adult": 2762, "mnist": 2476,
    },
}  # fmt: skip
"""Standardised runs by shape and by data set, from a summary of the published table."""
