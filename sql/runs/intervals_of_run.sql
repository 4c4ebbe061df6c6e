-- What did a run without epochs consume, cut into equal intervals of time?
-- Parameters: $samples (VARCHAR[], files of the run), $n (INTEGER, most intervals)
-- Columns: interval_index INTEGER, duration_s DOUBLE, started_at TIMESTAMP WITH TIME ZONE,
--     energy_gpu_j DOUBLE, energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE
-- One row per interval, by time; no more intervals than a device has readings after its first. A kind that
-- was measured anywhere in the run has joules (maybe 0) in every interval. All joules of the run are in the
-- rows.
-- Trap: a reading's joules go whole to the interval in which the middle of the reading's own interval lies.
WITH readings AS (
    SELECT
        *,
        (mono_ns - lag(mono_ns) OVER own) / 1e9 AS interval_s,
        row_number() OVER own AS reading_number
    FROM counted_samples($samples)
    WINDOW own AS (PARTITION BY writer, host, device_kind, device_id ORDER BY seq)
),

span AS (
    SELECT
        min(ts) AS first_ts,
        epoch(max(ts)) - epoch(min(ts)) AS length_s,
        greatest(least($n, max(reading_number) - 1), 1)::INTEGER AS intervals,
        bool_or(device_kind = 'gpu') AS has_gpu,
        bool_or(device_kind = 'cpu') AS has_cpu,
        bool_or(device_kind = 'dram') AS has_dram,
        bool_or(device_kind = 'other') AS has_other
    FROM readings
    HAVING count(*) > 0
),

placed AS (
    SELECT
        readings.device_kind,
        readings.energy_j,
        span.intervals,
        (epoch(readings.ts) - coalesce(readings.interval_s, 0) / 2 - epoch(span.first_ts))
        / nullif(span.length_s, 0) AS place
    FROM readings
    CROSS JOIN span
),

filled AS (
    SELECT
        greatest(least(floor(coalesce(placed.place, 0) * placed.intervals), placed.intervals - 1), 0)::INTEGER
            AS interval_index,
        sum(placed.energy_j) FILTER (WHERE placed.device_kind = 'gpu') AS energy_gpu_j,
        sum(placed.energy_j) FILTER (WHERE placed.device_kind = 'cpu') AS energy_cpu_j,
        sum(placed.energy_j) FILTER (WHERE placed.device_kind = 'dram') AS energy_dram_j,
        sum(placed.energy_j) FILTER (WHERE placed.device_kind = 'other') AS energy_other_j
    FROM placed
    GROUP BY interval_index
),

intervals AS (
    SELECT
        *,
        unnest(range(intervals))::INTEGER AS interval_index,
        length_s / intervals AS duration_s
    FROM span
)

SELECT
    intervals.interval_index,
    intervals.duration_s,
    intervals.first_ts
    + to_microseconds((intervals.interval_index * intervals.duration_s * 1e6)::BIGINT) AS started_at,
    CASE WHEN intervals.has_gpu THEN coalesce(filled.energy_gpu_j, 0) END AS energy_gpu_j,
    CASE WHEN intervals.has_cpu THEN coalesce(filled.energy_cpu_j, 0) END AS energy_cpu_j,
    CASE WHEN intervals.has_dram THEN coalesce(filled.energy_dram_j, 0) END AS energy_dram_j,
    CASE WHEN intervals.has_other THEN coalesce(filled.energy_other_j, 0) END AS energy_other_j
FROM intervals
LEFT JOIN filled ON intervals.interval_index = filled.interval_index
ORDER BY intervals.interval_index
