-- Makes the macro counted_spans: which part of each span counts, so that no time of its kind counts twice?
-- Parameters: none
-- Makes: counted_spans(spans), the rows of the files with share, DOUBLE from 0 to 1, in no order.
-- Of spans of one name and unit that overlap in one writer, the part that an earlier one covers counts not.
-- Trap: the share applies to seconds and joules; the units of a span count whole.
CREATE OR REPLACE MACRO counted_spans(spans) AS TABLE
    WITH covered AS (
        SELECT
            *,
            max(ended_at) OVER (
                PARTITION BY writer, name, unit
                ORDER BY started_at, span_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS covered_until
        FROM read_parquet(spans, union_by_name = TRUE)
    )

    SELECT
        writer,
        span_id,
        name,
        unit,
        units,
        started_at,
        duration_s,
        energy_gpu_j,
        energy_cpu_j,
        energy_dram_j,
        energy_other_j,
        CASE
            WHEN covered_until IS NULL OR covered_until <= started_at THEN 1e0
            WHEN covered_until >= ended_at THEN 0e0
            ELSE (epoch_us(ended_at) - epoch_us(covered_until)) / (epoch_us(ended_at) - epoch_us(started_at))
        END AS share
    FROM covered
