-- How closely does energy follow each other axis among the selected runs?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: run_count BIGINT, by_size DOUBLE, by_depth DOUBLE, by_run_time DOUBLE, by_power DOUBLE
-- One row. Pearson's r between the bins of the axes, so on the scales as drawn (logarithmic, depth and power linear);
-- NULL or NaN where an axis has one value only.
SELECT
    count(*) AS run_count,
    corr(energy_px, size_px) AS by_size,
    corr(energy_px, depth_px) AS by_depth,
    corr(energy_px, run_time_px) AS by_run_time,
    corr(energy_px, power_px) AS by_power
FROM butter_e_selection($brushes);
