-- Makes the macro butter_e_listed: which selected runs have a value and answer to the words of a filter?
-- Parameters: none
-- Makes: butter_e_listed(brushes, measure, words), a table macro over butter_e_selection(brushes) with all
--     its columns and amount DOUBLE, the value of measure: energy_j, std_energy_j, j_per_datum, run_time_s or
--     power_w. words is a VARCHAR[] of two texts in lower case, each of which a run has in its data set,
--     shape, hardware, node or status; an empty one admits all. No text
--     has a line break, which parts the five.
CREATE OR REPLACE MACRO butter_e_listed(brushes, measure, words) AS TABLE
    SELECT -- noqa: AM04
        *, -- noqa: AM04
        CASE measure
            WHEN 'energy_j' THEN energy_j
            WHEN 'std_energy_j' THEN std_energy_j
            WHEN 'j_per_datum' THEN j_per_datum
            WHEN 'run_time_s' THEN run_time_s
            WHEN 'power_w' THEN power_w
        END AS amount
    FROM butter_e_selection(brushes)
    WHERE
        amount IS NOT NULL
        AND (
            words[1] = ''
            OR contains(lower(concat_ws(chr(10), dataset, shape, hardware, node, status)), words[1])
        )
        AND (
            words[2] = ''
            OR contains(lower(concat_ws(chr(10), dataset, shape, hardware, node, status)), words[2])
        );
