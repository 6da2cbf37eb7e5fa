"""People and companies of whom some were entered twice, as people mistype: a seeded
set whose doubles are known.

It stands beside the generator of the databases, not in it: those are built anew
whenever a file of the generator changes, and this one fills none.
"""

import random
from typing import NamedTuple


def words(text: str) -> list[str]:
    return text.split()


SEED = 20260105
DOUBLED = 0.1

FIRST = words(
    "Anna Jonas Maria Paul Lucía Mateo Chloé Louis Giulia Marco Zofia Jakub Marie"
    " Hugo Carmen Javier Inès Elena Luca Hanna Adam Sofie Emil Clara Felix Laura Tomás"
    " Irene Pablo Sara Diego Julie Antoine Camille Matteo Chiara Piotr Agnieszka"
    " Katarzyna Stefan Birgit Jürgen Günther Ursula Markus Sabine Thomas Petra Andreas"
    " Monika"
)
CYRILLIC_FIRST = words(
    "Ольга Пётр Нина Иван Юлия Алексей Сергей Екатерина Михаил Татьяна Дмитрий"
    " Наталья Николай Светлана Андрей Елена Владимир Ирина Евгений Мария Ярослав"
    " Ксения"
)
STEMS = words(
    "Stein Wald Berg Linden Hof Acker Eich Birn Rosen Silber Gold Schwarz Weiss Brun"
    " Fisch Vogel Wolf Bär Falk Hirsch Mühl Brück Stadt Feld Wies Korn Gerst Haf Garc"
    " Mart Lóp Rodr Fern Gonz Sánch Pér Góm Jimén Navarr Rom Dub Mor Lamb Gir Ross"
    " Bianch Cont Esposit Rizz Gall Nowack Kowal Wójc Zielin Szym Lewand"
)
ENDINGS = words("mann er bach hof ez ín eau i ini ski ová berg stein son sen ard elli")
CYRILLIC_LAST = words(
    "Иванов Смирнов Кузнецов Попов Соколов Лебедев Козлов Новиков Морозов Петров"
    " Волков Соловьёв Васильев Зайцев Павлов Семёнов Голубев Виноградов Богданов"
    " Воробьёв Щербаков Хачатурян Царёв Жуков Чернышов Юдин Якушев Цветков"
)
TRADES = words(
    "Nord Alpha Delta Terra Solar Mare Ferro Lumen Porta Silva Vento Aqua Orion Vega"
    " Polaris Atlas Titan Nova Astra Corona Fortuna Concordia Merkur Union Central"
    " Rapid"
)
BRANCHES = words(
    "Handel Logistik Bau Medical Foods Textil Print Energy Service Design Systems"
    " Consulting Motors Optik Chemie Papier Möbel Werkzeuge Technik Elektro"
)
FORMS = ("GmbH", "S.L.", "SARL", "S.r.l.", "Sp. z o.o.", "Ltd.", "AG", "ООО")
STREETS = words(
    "Hauptstraße Bahnhofstraße Gartenweg Schulstraße Lindenallee Rosengasse"
    " Bergstraße Kirchplatz Marktplatz Uferweg Calle_Mayor Calle_Sierpes"
    " Avenida_del_Sol Rue_de_la_Paix Rue_Victor_Hugo Via_Roma Via_Garibaldi"
    " Corso_Italia Tverskaya_ulitsa Ulica_Polna Ulica_Lipowa Mühlenweg Am_Stadtpark"
    " Goethestraße Schillerstraße"
)
CITIES = words(
    "Berlin Hamburg Köln Leipzig Sevilla Madrid Valencia Paris Lyon Roma Milano"
    " Torino Moskva Kazan Warszawa Kraków Wien Graz Zürich Basel Porto Lisboa Gent"
    " Utrecht"
)
SPELT = words(
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya"
)
PLAIN = str.maketrans("áéíóúñäöüèêçąćłńśźż", "aeiounaoueecaclnszz")
LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", SPELT, strict=True))


class Contact(NamedTuple):
    id: int
    name: str
    email: str
    phone: str
    vat: str
    street: str
    zip: str
    city: str
    is_company: bool
    family: int = 0
    parent: int = 0


class Generator:
    def __init__(self, seed: int = SEED, together: bool = True):
        self.together = together
        self.random = random.Random(seed)
        self.contacts: list[Contact] = []
        self.pairs: set[tuple[int, int]] = set()
        self.mails: set[str] = set()

    def fill(self, count: int) -> None:
        """Make contacts: companies with people, households, people alone, doubles."""
        while len(self.contacts) < count * (1 - DOUBLED):
            draw = self.random.random()
            if draw < 0.2:
                self._company()
            elif draw < 0.25 and self.together:
                self._household()
            else:
                self._add(self._person())
        for contact in self.random.sample(self.contacts, count - len(self.contacts)):
            double = self._add(self._mistyped(contact))
            self.pairs.add((contact.id, double.id))

    def _add(self, contact: Contact) -> Contact:
        contact = contact._replace(id=len(self.contacts) + 1)
        if contact.family < 0:  # its own
            contact = contact._replace(family=contact.id)
        self.contacts.append(contact)
        return contact

    def _pick(self, words: list[str]) -> str:
        """The first words are the most frequent, as names are."""
        return words[int(len(words) * self.random.random() ** 1.7)]

    def _name(self) -> tuple[str, str]:
        if self.random.random() < 0.15:
            return self._pick(CYRILLIC_FIRST), self._pick(CYRILLIC_LAST)
        last = self._pick(STEMS) + self._pick(ENDINGS)
        return self._pick(FIRST), last

    def _address(self) -> dict[str, str]:
        city = self._pick(CITIES)
        zip_ = f"{10 + CITIES.index(city) * 3}{self.random.randrange(40):03}"
        street = self.random.choice(STREETS).replace("_", " ")
        return {
            "street": f"{street} {self.random.randrange(1, 180)}",
            "zip": zip_,
            "city": city,
        }

    def _phone(self) -> str:
        return f"+49{self.random.randrange(30_000_000, 99_999_999)}"

    def _person(self, **given) -> Contact:
        first, last = self._name()
        first = given.pop("first", first)
        last = given.pop("last", last)
        values = {
            "id": 0,
            "name": f"{first} {last}",
            "email": self._mail(first, last),
            "phone": self._phone() if self.random.random() < 0.7 else "",
            "vat": "",
            "is_company": False,
            **(
                self._address()
                if self.random.random() < 0.7
                else dict.fromkeys(("street", "zip", "city"), "")
            ),
            "family": -1,
        }
        return Contact(**values | given)

    def _mail(self, first: str, last: str) -> str:
        if self.random.random() < 0.25:
            return ""
        first, last = _latin(first).lower(), _latin(last).lower()
        domain = self.random.choice(["mail", "post", "web", "box", "inbox"])
        local = self.random.choice([f"{first}.{last}", f"{first[0]}{last}", f"{last}"])
        number = self.random.choice(["", str(self.random.randrange(1950, 2006))])
        while f"{local}{number}@{domain}" in self.mails:
            number = str(self.random.randrange(10_000))
        self.mails.add(f"{local}{number}@{domain}")
        return f"{local}{number}@{domain}.example.com"

    def _company(self) -> None:
        words = self._pick(TRADES), self._pick(BRANCHES)
        own = self._pick(STEMS) + self._pick(ENDINGS)
        name = self.random.choice([f"{own} {words[1]}", f"{words[0]} {words[1]} {own}"])
        domain = f"{_latin(name.split()[0]).lower()}{len(self.contacts)}.example.com"
        company = self._add(
            Contact(
                0,
                f"{name} {self.random.choice(FORMS)}",
                f"info@{domain}",
                self._phone(),
                f"DE{self.random.randrange(10**8, 10**9)}"
                if self.random.random() < 0.6
                else "",
                is_company=True,
                family=-1,
                **self._address(),
            )
        )
        shared = {n: getattr(company, n) for n in ("phone", "street", "zip", "city")}
        for _number in range(self.random.randrange(1, 6) if self.together else 0):
            first, last = self._name()
            mail = f"{_latin(first)}.{_latin(last)}@{domain}".lower()
            self._add(
                self._person(
                    first=first,
                    last=last,
                    email=mail if self.random.random() < 0.9 else company.email,
                    family=company.id,
                    parent=company.id,
                    **shared,
                )
            )

    def _household(self) -> None:
        _first, last = self._name()
        shared = {"last": last, "phone": self._phone(), **self._address()}
        mail = self.random.random() < 0.3 and self._mail("familie", last)
        for first in self.random.sample(FIRST, self.random.randrange(2, 5)):
            own = self._mail(first, last)
            self._add(self._person(first=first, **shared, email=mail or own))

    # Mistakes

    def _mistyped(self, contact: Contact) -> Contact:
        """The same once more, as another employee enters it."""
        values = contact._asdict()
        values["name"] = self._other_name(contact)
        lost = [name for name in ("email", "phone", "street") if values[name]]
        for name in lost[1:]:
            if self.random.random() < 0.2:
                values[name] = ""
        for name, share in (("email", 0.15), ("phone", 0.1), ("zip", 0.05)):
            if values[name] and self.random.random() < share:
                values[name] = self._typo(values[name])
        if values["street"] and self.random.random() < 0.4:
            values["street"] = self._other_street(values["street"])
        if self.random.random() < 0.3:
            values["vat"] = ""
        if not contact.parent or self.random.random() < 0.5:
            values |= {"family": -1, "parent": 0}  # entered without the company
        return Contact(**values)

    def _other_name(self, contact: Contact) -> str:
        name = contact.name
        draw = self.random.random()
        if contact.is_company and draw < 0.5:
            name = name.removesuffix(next((f for f in FORMS if name.endswith(f)), ""))
        elif draw < 0.2:
            name = " ".join(reversed(name.split()))
        elif draw < 0.3:
            first, _space, last = name.partition(" ")
            name = f"{first[0]}. {last}"
        elif draw < 0.45:
            name = _latin(name)
        if self.random.random() < 0.5:
            name = self._typo(name)
        return name.strip()

    def _other_street(self, street: str) -> str:
        if "straße" in street:
            return street.replace("straße", self.random.choice(["str.", "strasse"]))
        return self._typo(street)

    def _typo(self, text: str) -> str:
        place = self.random.randrange(len(text) - 1) if len(text) > 1 else 0
        kind = self.random.randrange(4)
        letter = self.random.choice(
            "0123456789" if text[place].isdigit() else "aeinrst"
        )
        if kind == 0:
            return text[:place] + text[place + 1 :]
        if kind == 1:
            return text[:place] + letter + text[place:]
        if kind == 2:
            return text[:place] + letter + text[place + 1 :]
        return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _latin(text: str) -> str:
    """As a clerk writes it: cyrillic spelt out, accents left out."""
    out = []
    for char in text:
        latin = LATIN.get(char.lower(), "").strip("_")
        if char.lower() in LATIN:
            out.append(latin.capitalize() if char.isupper() else latin)
        else:
            out.append(char)
    text = "".join(out)
    return text.translate(PLAIN)


def contacts(
    count: int, seed: int = SEED, together: bool = True
) -> tuple[list[Contact], set[tuple[int, int]]]:
    """Give contacts, and the pairs of them that are one.

    :param together: some live in one household or work in one office, and share
        telephone, address and perhaps the mailbox, without being one
    """
    generator = Generator(seed, together)
    generator.fill(count)
    return generator.contacts, generator.pairs
