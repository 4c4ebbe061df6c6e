-- How much of the energy of the selected runs is overhead, by group, hardware and run time?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $grouping
--     (VARCHAR: hardware, node_type, batch, dataset or size)
-- Columns: word VARCHAR, size_class TINYINT, is_gpu BOOLEAN, run_time_px UTINYINT, run_count BIGINT,
--     known_count BIGINT, spent_count BIGINT, overhead_j DOUBLE, std_energy_j DOUBLE
-- One row per group, hardware and bin of run time that holds a run, in no order. By size, a group is the
-- size_class k of the sizes from 2^(2k+1) up to below 2^(2k+3), else it is the word, the value of the
-- category; runs without a value have neither. The sums, in J, are over the known_count runs of which both
-- energies are known, 0 where there is none. Overhead is one estimate for all runs of a hardware and can
-- exceed what a run took: all that such a run took is overhead then, and spent_count counts it.
-- The sums are compensated: the order in which threads add the runs changes no digit that is shown.
WITH grouped AS (
    SELECT
        is_gpu,
        run_time_px,
        CASE $grouping
            WHEN 'hardware' THEN hardware
            WHEN 'node_type' THEN node_type
            WHEN 'batch' THEN batch
            WHEN 'dataset' THEN dataset
        END AS word,
        CASE WHEN $grouping = 'size' THEN ((floor(log2(size))::tinyint - 1) // 2)::tinyint END AS size_class,
        if(
            std_energy_j + energy_overhead_j IS NULL, NULL, least(energy_overhead_j, std_energy_j)
        ) AS known_overhead_j,
        if(energy_overhead_j IS NULL, NULL, std_energy_j) AS known_energy_j
    FROM butter_e_selection($brushes)
)

SELECT
    word::varchar AS word,
    size_class,
    is_gpu,
    run_time_px,
    count(*) AS run_count,
    count(known_overhead_j) AS known_count,
    count(*) FILTER (WHERE known_overhead_j = known_energy_j) AS spent_count,
    coalesce(fsum(known_overhead_j), 0) AS overhead_j,
    coalesce(fsum(known_energy_j), 0) AS std_energy_j
FROM grouped
GROUP BY word, size_class, is_gpu, run_time_px;
