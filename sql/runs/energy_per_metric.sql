-- What did each gain of a metric cost, e.g. each point of accuracy?
-- Parameters: $epochs (VARCHAR[], files of the run), $samples (VARCHAR[], files of the run),
--     $metric (VARCHAR, its name), $is_more_better (BOOLEAN, true for accuracy, false for a loss)
-- Columns: epoch INTEGER, value DOUBLE, gain DOUBLE, energy_until_j DOUBLE, energy_of_gain_j DOUBLE,
--     energy_per_gain_j DOUBLE
-- One row per epoch whose value is better than that of every epoch before it, by index. energy_until_j is
-- all energy of the run up to the end of that epoch, the time between the epochs included. gain, always above
-- 0, is how much better the value is than the best before; energy_of_gain_j was used since that best, all
-- epochs in between included; energy_per_gain_j is joules for each 1 of the metric. The first value is the
-- start and gains nothing (NULL).
-- Traps: of several writers the first that logged the metric counts; not-a-number is no value. While a run is
-- live, the readings of its last minute may be missing.
WITH finished AS (
    SELECT
        epoch,
        max(ended_at) AS ended_at,
        arg_min(metrics[$metric], writer) FILTER (WHERE NOT isnan(metrics[$metric])) AS value
    FROM read_parquet($epochs, union_by_name = TRUE)
    GROUP BY epoch
),

counted AS (
    SELECT * FROM counted_samples($samples)
),

energy AS (
    SELECT
        coalesce(own.epoch, following.epoch) AS epoch,
        sum(counted.energy_j) AS energy_j
    FROM counted
    LEFT JOIN finished AS own ON counted.epoch = own.epoch
    ASOF LEFT JOIN finished AS following ON counted.ts <= following.ended_at
    GROUP BY ALL
),

progress AS (
    SELECT
        finished.epoch,
        finished.value,
        sum(energy.energy_j) OVER (ORDER BY finished.epoch) AS energy_until_j
    FROM finished
    LEFT JOIN energy ON finished.epoch = energy.epoch
),

valued AS (
    SELECT
        epoch,
        value,
        energy_until_j,
        CASE WHEN $is_more_better THEN value ELSE -value END AS merit
    FROM progress
),

compared AS (
    SELECT
        *,
        max(merit) OVER (ORDER BY epoch ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best_before
    FROM valued
),

better AS (
    SELECT
        epoch,
        value,
        energy_until_j,
        merit - best_before AS gain,
        CASE
            WHEN best_before IS NOT NULL THEN energy_until_j - lag(energy_until_j) OVER (ORDER BY epoch)
        END AS energy_of_gain_j
    FROM compared
    WHERE merit > best_before OR (merit IS NOT NULL AND best_before IS NULL)
)

SELECT
    epoch,
    value,
    gain,
    energy_until_j,
    energy_of_gain_j,
    energy_of_gain_j / gain AS energy_per_gain_j
FROM better
ORDER BY epoch
