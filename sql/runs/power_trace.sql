-- How did the power of a run change over time?
-- Parameters: $samples (VARCHAR[], files of the run), $n (INTEGER, most points a kind)
-- Columns: device_kind VARCHAR, power_w DOUBLE, ts TIMESTAMP WITH TIME ZONE, elapsed_s DOUBLE
-- One row per device kind and bin of time, by kind and time; ts is the bin's middle. A bin's power is the
-- time-weighted mean of each device's power in it, summed over the kind's devices. A reading lies where the
-- middle of its interval lies, so that jitter does not push it over a border.
-- Trap: gaps and first readings have no known power, so a bin of nothing else is absent rather than 0 W.
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
        greatest(least($n, max(reading_number) - 1), 1)::INTEGER AS bins
    FROM readings
),

placed AS (
    SELECT
        readings.*,
        (epoch(readings.ts) - readings.interval_s / 2 - epoch(span.first_ts))
        / nullif(span.length_s, 0) AS place
    FROM readings
    CROSS JOIN span
    WHERE readings.interval_s > 0 AND readings.share > 0 AND readings.quality <> 'gap'
),

by_device AS (
    SELECT
        placed.host,
        placed.device_kind,
        placed.device_id,
        greatest(least(floor(placed.place * span.bins), span.bins - 1), 0)::INTEGER AS bin,
        sum(placed.energy_j) / sum(placed.interval_s * placed.share) AS power_w
    FROM placed
    CROSS JOIN span
    WHERE placed.place IS NOT NULL
    GROUP BY ALL
),

by_kind AS (
    SELECT
        device_kind,
        bin,
        sum(power_w) AS power_w
    FROM by_device
    GROUP BY ALL
)

SELECT
    by_kind.device_kind,
    by_kind.power_w,
    span.first_ts + to_microseconds(((by_kind.bin + 0.5) * span.length_s / span.bins * 1e6)::BIGINT) AS ts,
    (by_kind.bin + 0.5) * span.length_s / span.bins AS elapsed_s
FROM by_kind
CROSS JOIN span
ORDER BY by_kind.device_kind, by_kind.bin
