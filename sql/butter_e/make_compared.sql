-- Makes the macro butter_e_compared: which selected runs are of configuration A, which of B, in which pair?
-- Parameters: none
-- Makes: butter_e_compared(brushes, a, b, measure), a table macro with one row per selected run that is of
--     one side and has a value above zero: pair_key BIGINT, is_b BOOLEAN, log_value DOUBLE (natural).
--     brushes is as for butter_e_selection; measure is j_per_datum, std_energy_j or run_time_s; a and b are
--     STRUCTs {mask BIGINT, key BIGINT, fixes INTEGER}: the bits of setting_key that the side fixes, what
--     they hold, and how many settings that are.
-- pair_key is the setting_key of butter_e_runs without what A or B fixes: runs of one key differ in that
-- alone. Bits 1 to 8 stay, the data set.
-- Trap: a run that is of A and of B counts for the side that fixes more, for none where both fix as many.
CREATE OR REPLACE MACRO butter_e_compared(brushes, a, b, measure) AS TABLE
    WITH fitting AS (
        SELECT
            setting_key & ~(a['mask'] | b['mask']) AS pair_key,
            setting_key & a['mask'] = a['key'] AS fits_a,
            setting_key & b['mask'] = b['key'] AS fits_b,
            CASE measure
                WHEN 'j_per_datum' THEN j_per_datum
                WHEN 'std_energy_j' THEN std_energy_j
                WHEN 'run_time_s' THEN run_time_s
            END AS amount
        FROM butter_e_selection(brushes)
    )

    SELECT
        pair_key,
        fits_b AND (NOT fits_a OR b['fixes'] > a['fixes']) AS is_b,
        ln(amount) AS log_value
    FROM fitting
    WHERE amount > 0 AND if(a['fixes'] = b['fixes'], fits_a != fits_b, fits_a OR fits_b);
