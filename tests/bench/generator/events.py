"""Who, and when: what happens with customers, few of whom have most of it."""

from .sizes import Size

# The share of a customer falls with his rank to the power of -0.9, flattened at the
# head so that chance makes nobody greater than the families of known length.
EXPONENT = 0.1
HEAD = 2_000

# One of the customer's people, the first ones more often; a private person himself.
PERSON = """CASE WHEN people = 0 THEN partner_id
    ELSE first_person + floor(people * pg_temp.u(n, {salt}) ^ 2)::int END"""


def events(size: Size, counter: str, total: int, salt: int) -> str:
    """Give the query of so many events, numbered by time as documents are.

    :param counter: the attribute of the families that says how many are theirs
    :return: ``i, n, c, rank, customer_id, person_id, user_id, basket, moment``
    """
    person = PERSON.format(salt=salt + 3)
    return f"""
        SELECT row_number() OVER (ORDER BY moment, n) AS i, dated.* FROM (
            SELECT n, c, rank, partner_id AS customer_id, {person} AS person_id,
                user_id, basket, pg_temp.at_work(
                    start + pg_temp.u(n, {salt + 1}) * (stop - start), n, {salt + 2}
                ) AS moment
            FROM (
                SELECT n, {_rank(size, counter, salt)} AS rank
                FROM generate_series(1, {total}::bigint) AS n
            ) AS drawn JOIN customer USING (rank)
        ) AS dated"""


def _rank(size: Size, counter: str, salt: int) -> str:
    """SQL of the rank of the customer whose event is ``n``."""
    cases, end = [], 0
    for number, family in enumerate(size.families, 1):
        end += getattr(family, counter)
        cases.append(f"WHEN n <= {end} THEN {-number}")
    others = size.customers - len(size.families)
    head = size.customers / HEAD
    low, high = head**EXPONENT, (others + head) ** EXPONENT
    place = f"({low} + pg_temp.u(n, {salt}) * {high - low}) ^ {1 / EXPONENT} - {head}"
    drawn = f"least({others}, 1 + floor({place}))::int"
    return f"CASE {' '.join(cases)} ELSE {drawn} END"
