"""Customers: companies with their people, and private persons."""

from .filler import Filler
from .seed import YEARS

COMPANY_SHARE = 0.3
NAMES = """(VALUES
    ('DE', '+4930', 'Berlin', 'GmbH'), ('ES', '+3491', 'Madrid', 'S.L.'),
    ('FR', '+3314', 'Paris', 'SARL'), ('IT', '+3906', 'Roma', 'S.r.l.'),
    ('PL', '+4822', 'Warszawa', 'Sp. z o.o.'), ('RU', '+7495', 'Москва', 'ООО')
) AS land(code, dial, city, form)"""
WORDS = {
    "first": "Anna,Jonas,Lucía,Mateo,Chloé,Louis,Giulia,Marco,Zofia,Jakub,Ольга,Пётр,"
    "Marie,Paul,Carmen,Javier,Inès,Hugo,Elena,Luca,Hanna,Adam,Нина,Иван",
    "last": "Berg,Weber,Schmidt,García,López,Martín,Dubois,Moreau,Rossi,Bianchi,Nowak,"
    "Kowalska,Иванова,Смирнов,Fischer,Vogel,Ruiz,Navarro,Lambert,Conti,Wójcik,Орлов",
    "trade": "Nord,Alpha,Delta,Terra,Solar,Mare,Ferro,Lumen,Porta,Silva,Vento,Aqua",
    "branch": "Handel,Logistik,Bau,Medical,Foods,Textil,Print,Energy,Service,Design",
}


def email(person: str, number: str = "c") -> str:
    """SQL of the address of a person of customer ``number``."""
    return f"'p' || {person} || '@c' || {number} || '.example.com'"


def words(kind: str) -> str:
    return "ARRAY['" + "','".join(WORDS[kind].split(",")) + "']"


def fill(filler: Filler) -> None:
    _world(filler)
    _employees(filler)
    _customers(filler)
    _companies(filler)
    _people(filler)


def _world(filler: Filler) -> None:
    """Keep the countries, and the three years before today."""
    filler.temp(
        "land",
        f"""SELECT row_number() OVER (ORDER BY land.code) - 1 AS k, land.*,
                c.id AS country_id
            FROM {NAMES} JOIN res_country AS c USING (code)""",
    )
    filler.temp(
        "era",
        f"""SELECT current_date - interval '1 day' AS closing,
                current_date - interval '{YEARS} years' AS opening,
                current_date - interval '1 day'
                    - (current_date - interval '{YEARS} years') AS span""",
    )


def _employees(filler: Filler) -> None:
    for role in ("seller", "agent"):
        filler.temp(
            role,
            f"""SELECT row_number() OVER (ORDER BY u.id) - 1 AS k, u.id AS user_id
                FROM res_users AS u WHERE u.login LIKE 'bench_{role}%'""",
        )
    filler.temp(
        "employee",
        """SELECT u.id AS user_id, p.id AS partner_id, p.name, p.email
            FROM res_users AS u JOIN res_partner AS p ON p.id = u.partner_id""",
    )


def _customers(filler: Filler) -> None:
    """Draw who they are: people, rank in turnover, size of basket, first and last day.

    The families of known length have ranks below 0.
    """
    size = filler.size
    base = filler.base("res_partner")
    families = ", ".join(
        f"({size.customers * number // 5}, {-number}, {family.people})"
        for number, family in enumerate(size.families, 1)
    )
    filler.temp(
        "customer",
        f"""SELECT drawn.*, CASE WHEN known THEN family_rank ELSE row_number()
                    OVER (PARTITION BY known ORDER BY pg_temp.u(c, 7)) END AS rank,
                {base} + {size.customers} + 1 + sum(people) OVER (ORDER BY c)
                    - people AS first_person,
                start + stay * (closing - start) AS stop, seller.user_id
            FROM (
                SELECT c, closing, {base} + c AS partner_id,
                    f.rank IS NOT NULL AS known, f.rank AS family_rank,
                    CASE WHEN f.rank IS NOT NULL THEN f.people
                        WHEN pg_temp.u(c, 1) < {COMPANY_SHARE}
                        THEN 1 + least(pg_temp.few(c, 2, 1.5), 9) ELSE 0 END AS people,
                    CASE WHEN f.rank IS NOT NULL THEN 1
                        ELSE pg_temp.lognormal(c, 8, 0.6) END AS basket,
                    CASE WHEN f.rank IS NOT NULL OR pg_temp.u(c, 3) < 0.4
                        THEN opening ELSE opening + pg_temp.u(c, 4) * span END AS start,
                    CASE WHEN f.rank IS NOT NULL OR pg_temp.u(c, 5) < 0.65
                        THEN 1 ELSE pg_temp.u(c, 6) END AS stay
                FROM generate_series(1, {size.customers}) AS c
                LEFT JOIN (VALUES {families}) AS f(c, rank, people) USING (c)
                CROSS JOIN era
            ) AS drawn JOIN seller ON seller.k = c % (SELECT count(*) FROM seller)""",
    )
    filler.run("CREATE UNIQUE INDEX ON customer (rank); ANALYZE customer")


def _companies(filler: Filler) -> None:
    filler.insert(
        "res_partner",
        f"""SELECT *, CASE WHEN people > 0
                THEN concat_ws(' ', pg_temp.pick({words("trade")}, c, 31)
                    || pg_temp.pick({words("branch")}, c, 32), c, form)
                ELSE concat_ws(' ', pg_temp.pick({words("first")}, c, 33),
                    pg_temp.pick({words("last")}, c, 34)) END AS called
            FROM customer JOIN land ON land.k = c % 6 ORDER BY c""",
        id="s.partner_id",
        name="s.called",
        complete_name="s.called",
        commercial_company_name="CASE WHEN s.people > 0 THEN s.called END",
        is_company="s.people > 0",
        commercial_partner_id="s.partner_id",
        user_id="s.user_id",
        ref=_refs(filler),
        create_date="s.start",
        write_date="s.start",
        **_contact("s.partner_id"),
    )


def _refs(filler: Filler) -> str:
    cases = " ".join(
        f"WHEN {-number} THEN '{family.ref}'"
        for number, family in enumerate(filler.size.families, 1)
    )
    return f"CASE s.rank {cases} END"


def _people(filler: Filler) -> None:
    filler.insert(
        "res_partner",
        f"""SELECT customer.*, land.*, first_person + j - 1 AS id,
                company.name AS company, concat_ws(' ',
                    pg_temp.pick({words("first")}, c * 1000 + j, 35),
                    pg_temp.pick({words("last")}, c * 1000 + j, 36)) AS called
            FROM customer JOIN land ON land.k = c % 6
            JOIN res_partner AS company ON company.id = partner_id
            CROSS JOIN generate_series(1, people) AS j
            ORDER BY c, j""",
        row="person",
        id="s.id",
        name="s.called",
        complete_name="s.company || ', ' || s.called",
        commercial_company_name="s.company",
        parent_id="s.partner_id",
        commercial_partner_id="s.partner_id",
        create_date="s.start",
        write_date="s.start",
        **_contact("s.id"),
    )


def _contact(number: str) -> dict[str, str]:
    """The columns that hold how to reach somebody."""
    address = email(number, "s.c")
    digits = f"(2000000 + {number})"  # valid behind each of the dialling codes
    return {
        "country_id": "s.country_id",
        "city": "s.city",
        "email": address,
        "email_normalized": address,
        "phone": f"s.dial || ' ' || {digits}",
        "phone_sanitized": f"s.dial || {digits}",
    }
