-- Makes butter_e_scatter: how widely runs of one family and data set lie around what their settings predict.
-- Parameters: $least (DOUBLE, the least scatter to reckon with, in natural logarithms)
-- Makes: butter_e_scatter, one row per family and dataset: energy_sd, run_time_sd, power_sd (1.4826 times the
--     median absolute deviation from the prediction, in natural logarithms), and the quartiles low_ln and
--     high_ln of the energy's residual.
-- Needs butter_e_residuals.
CREATE OR REPLACE TABLE butter_e_scatter AS
SELECT
    family,
    dataset,
    greatest($least, 1.4826 * median(abs(energy_ln))) AS energy_sd,
    greatest($least, 1.4826 * median(abs(run_time_ln))) AS run_time_sd,
    greatest($least, 1.4826 * median(abs(power_ln))) AS power_sd,
    quantile_cont(energy_ln, 0.25) AS low_ln,
    quantile_cont(energy_ln, 0.75) AS high_ln
FROM butter_e_residuals
GROUP BY family, dataset;
