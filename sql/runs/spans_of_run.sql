-- What did each kind of work of a run take, in all and for each unit of work?
-- Parameters: $spans (VARCHAR[], files of the run)
-- Columns: name VARCHAR, unit VARCHAR, spans BIGINT, duration_s DOUBLE, energy_gpu_j DOUBLE,
--     energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE, energy_j DOUBLE, units DOUBLE,
--     energy_per_unit_j DOUBLE, power_w DOUBLE
-- One row per name and unit, in alphabetical order; NULL = spans without a unit's name, a kind that was not
-- measured, or no units. energy_per_unit_j counts the spans that say their units only.
-- Spans of one name and unit that overlap in one writer (ranks of a node at once, a function that calls
-- itself) share the joules of the same devices: the part of a span that an earlier one covers is not counted
-- again, neither its time nor its joules; its units are. Writers (hosts) add up.
-- Trap: spans of different names may lie in each other, so the rows do not add up to the run.
WITH counted AS (
    SELECT
        name,
        unit,
        units,
        duration_s * share AS duration_s,
        energy_gpu_j * share AS energy_gpu_j,
        energy_cpu_j * share AS energy_cpu_j,
        energy_dram_j * share AS energy_dram_j,
        energy_other_j * share AS energy_other_j,
        CASE
            WHEN coalesce(energy_gpu_j, energy_cpu_j, energy_dram_j, energy_other_j) IS NOT NULL
                THEN share * (
                    coalesce(energy_gpu_j, 0) + coalesce(energy_cpu_j, 0)
                    + coalesce(energy_dram_j, 0) + coalesce(energy_other_j, 0)
                )
        END AS energy_j
    FROM counted_spans($spans)
)

SELECT
    name,
    unit,
    count(*) AS spans,
    sum(duration_s) AS duration_s,
    sum(energy_gpu_j) AS energy_gpu_j,
    sum(energy_cpu_j) AS energy_cpu_j,
    sum(energy_dram_j) AS energy_dram_j,
    sum(energy_other_j) AS energy_other_j,
    sum(energy_j) AS energy_j,
    sum(units) AS units,
    sum(energy_j) FILTER (WHERE units IS NOT NULL) / nullif(sum(units), 0) AS energy_per_unit_j,
    sum(energy_j) / nullif(sum(duration_s), 0) AS power_w
FROM counted
GROUP BY name, unit
ORDER BY name, unit
