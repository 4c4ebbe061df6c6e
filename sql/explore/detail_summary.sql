-- How many runs are in a mark, and what do they take?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $mark (STRUCT, likewise)
-- Columns: run_count BIGINT, energy_j DOUBLE[], run_time_s DOUBLE[], power_w DOUBLE[]
-- One row. The lists hold least value, quartiles and greatest value; NULL where no run has a value.
SELECT
    count(*) AS run_count,
    quantile_cont(energy_j, [0, 0.25, 0.5, 0.75, 1]) AS energy_j,
    quantile_cont(run_time_s, [0, 0.25, 0.5, 0.75, 1]) AS run_time_s,
    quantile_cont(power_w, [0, 0.25, 0.5, 0.75, 1]) AS power_w
FROM butter_e_marked($brushes, $mark);
