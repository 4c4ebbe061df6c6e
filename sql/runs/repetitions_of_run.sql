-- What did each single piece of work of a run take?
-- Parameters: $spans (VARCHAR[], files of the run)
-- Columns: name VARCHAR, unit VARCHAR, units DOUBLE, duration_s DOUBLE, energy_gpu_j DOUBLE,
--     energy_cpu_j DOUBLE, energy_dram_j DOUBLE, energy_other_j DOUBLE
-- One row per finished span, by name and unit, then by start. The rows of a name and unit add up to its row
-- of spans_of_run: of spans that overlap in one writer, the part that an earlier one covers counts neither
-- its time nor its joules, yet its units. NULL joules = kind not measured, NULL units = the span says none.
SELECT
    name,
    unit,
    units,
    duration_s * share AS duration_s,
    energy_gpu_j * share AS energy_gpu_j,
    energy_cpu_j * share AS energy_cpu_j,
    energy_dram_j * share AS energy_dram_j,
    energy_other_j * share AS energy_other_j
FROM counted_spans($spans)
ORDER BY name, unit, started_at, writer, span_id
