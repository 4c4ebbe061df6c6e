-- What did measured networks near a size and a number of layers take, by shape, layers and hardware?
-- Parameters: $datasets (VARCHAR[]), $least_size (DOUBLE, parameters), $most_size (DOUBLE, parameters),
--     $depths (INTEGER[], layers), $nodes (VARCHAR[], kinds of node), $cpu_overhead_s (DOUBLE, s),
--     $gpu_overhead_s (DOUBLE, s): time of a run that is no training
-- Columns: shape VARCHAR, depth TINYINT, hardware VARCHAR, runs BIGINT, least_size INTEGER,
--     most_size INTEGER, mean_log2_size DOUBLE, datum_j DOUBLE[], run_j DOUBLE[], overhead_j DOUBLE,
--     datum_s DOUBLE
-- One row per shape, depth and hardware with at least one run, by shape, depth, hardware. datum_j: J per
--     training datum without overhead; run_j: J of a run with overhead; both as [25 %, 50 %, 75 %].
--     datum_s: median seconds per datum, NULL where no run took longer than the overhead.
-- Needs butter_e_runs. Only standardised runs count: the optimizer batch and rejected runs are left out.
WITH near AS (
    SELECT
        *,
        run_time_s - if(is_gpu, $gpu_overhead_s, $cpu_overhead_s) AS training_s
    FROM butter_e_runs
    WHERE
        status = 'standardised'
        AND j_per_datum > 0
        AND list_contains($datasets, dataset)
        AND size BETWEEN $least_size AND $most_size
        AND list_contains($depths, depth)
        AND list_contains($nodes, hardware)
)

SELECT
    shape::VARCHAR AS shape,
    depth,
    hardware::VARCHAR AS hardware,
    count(*) AS runs,
    min(size) AS least_size,
    max(size) AS most_size,
    avg(log2(size)) AS mean_log2_size,
    quantile_cont(j_per_datum, [0.25, 0.5, 0.75]) AS datum_j,
    quantile_cont(std_energy_j, [0.25, 0.5, 0.75]) AS run_j,
    median(energy_overhead_j) AS overhead_j,
    median(training_s * j_per_datum / non_overhead_energy_j) FILTER (training_s > 0) AS datum_s
FROM near
GROUP BY shape, depth, hardware
ORDER BY shape, depth, hardware
