-- What did each single piece of work of a run take?
-- Parameters: $spans (VARCHAR[], files of the run)
-- Columns: name VARCHAR, unit VARCHAR, units DOUBLE, duration_s DOUBLE, energy_gpu_j DOUBLE,
--     energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE
-- One row per finished span, by name and unit, then by start. The rows of a name and unit add up to its row
-- of spans_of_run: of spans that overlap in one writer, the part that an earlier one covers counts neither
-- its time nor its joules, yet its units. NULL joules = kind not measured, NULL units = the span says none.
WITH spans AS (
    SELECT
        *,
        max(ended_at) OVER (
            PARTITION BY writer, name, unit
            ORDER BY started_at, span_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered_until
    FROM read_parquet($spans, union_by_name = TRUE)
),

shared AS (
    SELECT
        *,
        CASE
            WHEN covered_until IS NULL OR covered_until <= started_at THEN 1e0
            WHEN covered_until >= ended_at THEN 0e0
            ELSE (epoch_us(ended_at) - epoch_us(covered_until)) / (epoch_us(ended_at) - epoch_us(started_at))
        END AS share
    FROM spans
)

SELECT
    name,
    unit,
    units,
    duration_s * share AS duration_s,
    energy_gpu_j * share AS energy_gpu_j,
    energy_cpu_j * share AS energy_cpu_j,
    energy_dram_j * share AS energy_dram_j,
    energy_other_j * share AS energy_other_j
FROM shared
ORDER BY name, unit, started_at, writer, span_id
