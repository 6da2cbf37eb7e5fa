"""Doubles found by splink: run by the Python of a virtual environment of its own.

``splink_side.py contacts.csv pairs.csv`` writes the pairs with their weight.
It models the data as the guide of splink proposes: comparisons made for names, mails,
telephones and addresses, rules of blocking on each, weights learnt from the data.
"""

import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

RULES = [
    block_on("email"),
    block_on("phone"),
    block_on("vat"),
    block_on("zip", "substr(last, 1, 3)"),
    block_on("zip", "street"),
    block_on("last", "first"),
    block_on("sorted"),
]


def main(source: str, target: str) -> None:
    contacts = duckdb.sql(
        "SELECT id::int AS id, * EXCLUDE (id)"
        f" FROM read_csv('{source}', all_varchar=true)"
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.ForenameSurnameComparison(
                "first", "last", forename_surname_concat_col_name="sorted"
            ),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("vat", [1]),
            cl.LevenshteinAtThresholds("street", [2, 5]),
            cl.ExactMatch("zip"),
        ],
        blocking_rules_to_generate_predictions=RULES,
    )
    linker = Linker(DuckDBAPI().register(contacts.to_arrow_table()), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email", "sorted"), block_on("phone", "sorted")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("email"), block_on("phone"), block_on("sorted")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01)
    frame = found.as_duckdbpyrelation()
    frame.select("id_l, id_r, match_weight").to_csv(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
