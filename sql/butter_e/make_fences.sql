-- Makes butter_e_fences: between which residuals does the middle half of runs of one data set and size lie?
-- Parameters: $fewest_runs (INTEGER, a group of fewer takes the quartiles of its family and data set),
--     $least (DOUBLE, the least interquartile range to reckon with, in natural logarithms)
-- Makes: butter_e_fences, one row per family, dataset and size: low_ln and high_ln, the quartiles of the
--     energy's residual, and range_ln between them, in natural logarithms.
-- Needs butter_e_residuals, butter_e_scatter.
CREATE OR REPLACE TABLE butter_e_fences AS
WITH groups AS (
    SELECT
        family,
        dataset,
        size,
        count(*) < $fewest_runs AS is_small,
        $least AS least_ln,
        quantile_cont(energy_ln, 0.25) AS low_ln,
        quantile_cont(energy_ln, 0.75) AS high_ln
    FROM butter_e_residuals
    GROUP BY family, dataset, size
)

SELECT
    groups.family,
    groups.dataset,
    groups.size,
    if(groups.is_small, scatter.low_ln, groups.low_ln) AS low_ln,
    if(groups.is_small, scatter.high_ln, groups.high_ln) AS high_ln,
    greatest(
        groups.least_ln,
        if(
            groups.is_small,
            scatter.high_ln - scatter.low_ln,
            groups.high_ln - groups.low_ln
        )
    ) AS range_ln
FROM groups
INNER JOIN butter_e_scatter AS scatter
    ON groups.family = scatter.family AND groups.dataset = scatter.dataset;
