-- Makes the macro butter_e_selection: which runs pass all brushes?
-- Parameters: none
-- Makes: butter_e_selection(brushes), a table macro over butter_e_runs with all its columns. brushes is a
--     STRUCT with one field per dimension: for a quantity (energy_j, run_time_s, size, depth, power_w,
--     j_per_datum) the range [from, to], both ends included, an open end infinite; for a category
--     (hardware, dataset, shape, status) the VARCHAR[] of admitted values. A NULL field is no brush.
-- A brushed quantity excludes the runs that have no value of it.
CREATE OR REPLACE MACRO butter_e_selection(brushes) AS TABLE
    SELECT * -- noqa: AM04
    FROM butter_e_runs
    WHERE
        (
            brushes['energy_j'] IS NULL
            OR energy_j BETWEEN brushes['energy_j'][1] AND brushes['energy_j'][2]
        )
        AND (
            brushes['run_time_s'] IS NULL
            OR run_time_s BETWEEN brushes['run_time_s'][1] AND brushes['run_time_s'][2]
        )
        AND (
            brushes['size'] IS NULL
            OR size BETWEEN brushes['size'][1] AND brushes['size'][2]
        )
        AND (
            brushes['depth'] IS NULL
            OR depth BETWEEN brushes['depth'][1] AND brushes['depth'][2]
        )
        AND (
            brushes['power_w'] IS NULL
            OR power_w BETWEEN brushes['power_w'][1] AND brushes['power_w'][2]
        )
        AND (
            brushes['j_per_datum'] IS NULL
            OR j_per_datum BETWEEN brushes['j_per_datum'][1] AND brushes['j_per_datum'][2]
        )
        AND (brushes['hardware'] IS NULL OR list_contains(brushes['hardware'], hardware))
        AND (brushes['dataset'] IS NULL OR list_contains(brushes['dataset'], dataset))
        AND (brushes['shape'] IS NULL OR list_contains(brushes['shape'], shape))
        AND (brushes['status'] IS NULL OR list_contains(brushes['status'], status));
