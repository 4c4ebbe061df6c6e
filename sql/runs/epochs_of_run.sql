-- What did each epoch of a run consume, and what did the job do in it?
-- Parameters: $epochs (VARCHAR[], files of the run), $samples (VARCHAR[], files of the run)
-- Columns: epoch INTEGER, started_at TIMESTAMP WITH TIME ZONE, ended_at TIMESTAMP WITH TIME ZONE,
--     duration_s DOUBLE, units DOUBLE, unit VARCHAR, metrics MAP(VARCHAR, DOUBLE), energy_gpu_j DOUBLE,
--     energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE
-- One row per finished epoch, by index. Energies and units of the writers (hosts) add up; the epoch lasts as
-- long as its slowest writer; metrics are those of the first writer that logged any. NULL joules = kind not
-- measured. The epochs file is ahead of the samples while a run is live, so its joules are taken, unless
-- readings had to be counted anew (several writers on one device, or an attribution rule): then the labelled
-- readings are summed.
WITH recorded AS (
    SELECT
        epoch,
        min(started_at) AS started_at,
        max(ended_at) AS ended_at,
        max(duration_s) AS duration_s,
        sum(energy_gpu_j) AS energy_gpu_j,
        sum(energy_cpu_j) AS energy_cpu_j,
        sum(energy_dram_j) AS energy_dram_j,
        sum(energy_other_j) AS energy_other_j,
        sum(units) AS units,
        arg_min(unit, writer) AS unit,
        coalesce(arg_min(metrics, writer) FILTER (WHERE cardinality(metrics) > 0), map()) AS metrics
    FROM read_parquet($epochs, union_by_name = TRUE)
    GROUP BY epoch
),

readings AS (
    SELECT
        *,
        bool_or(is_recounted) OVER () AS is_run_recounted
    FROM counted_samples($samples)
),

labelled AS (
    SELECT
        epoch,
        sum(energy_j) FILTER (WHERE device_kind = 'gpu') AS energy_gpu_j,
        sum(energy_j) FILTER (WHERE device_kind = 'cpu') AS energy_cpu_j,
        sum(energy_j) FILTER (WHERE device_kind = 'dram') AS energy_dram_j,
        sum(energy_j) FILTER (WHERE device_kind = 'other') AS energy_other_j
    FROM readings
    WHERE epoch IS NOT NULL AND is_run_recounted
    GROUP BY epoch
)

SELECT
    recorded.epoch,
    recorded.started_at,
    recorded.ended_at,
    recorded.duration_s,
    recorded.units,
    recorded.unit,
    recorded.metrics,
    if(labelled.epoch IS NULL, recorded.energy_gpu_j, labelled.energy_gpu_j) AS energy_gpu_j,
    if(labelled.epoch IS NULL, recorded.energy_cpu_j, labelled.energy_cpu_j) AS energy_cpu_j,
    if(labelled.epoch IS NULL, recorded.energy_dram_j, labelled.energy_dram_j) AS energy_dram_j,
    if(labelled.epoch IS NULL, recorded.energy_other_j, labelled.energy_other_j) AS energy_other_j
FROM recorded
LEFT JOIN labelled ON recorded.epoch = labelled.epoch
ORDER BY recorded.epoch
