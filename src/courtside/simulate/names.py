"""Made-up names: of people from many places, of firms that do not exist, of teams, titles and openings."""

from __future__ import annotations


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


GIVEN = _listed(
    """Abena Adaeze Ahmed Aiko Alejandra Amara Amina Ana Anders Anil Anouk Arjun Astrid Ayesha Beatriz Benedikt
    Bogdan Brigid Camille Carlos Chiara Chidi Dalia Daniel Darya Deepa Diego Dmitri Ebony Eduardo Eilidh Elena
    Elias Emeka Emre Esther Eva Fatima Felix Femi Fiona Folake Gabriel Gita Giulia Grace Habib Hamza Hana Haruto
    Helena Hugo Ibrahim Ilse Imani Ines Ingrid Isaac Ivan Jada Jamal Jasmin Jin Joana João Jonas José Juanita Kai
    Kamala Karim Katya Kenji Kofi Lakshmi Lamar Lars Latisha Layla Leila Lena Liam Linh Lucía Lukas Mae Maite
    Malik Mandla Marco Mariam Marisol Mateo Mei Mila Miriam Mohan Nadia Naomi Neema Niamh Nikhil Noor Nuria Obi
    Odile Olga Omar Oskar Paloma Paulo Petra Priya Quinn Rafael Rania Ravi Renata Rohan Rosa Ruth Sade Samir Sana
    Santiago Sara Seo-yeon Shira Silas Simone Sofia Soren Stella Sunil Suri Tamar Tariq Tendai Teresa Thabo Theo
    Tomás Ulrike Uma Valeria Vera Viktor Wanjiru Wei Xiomara Yara Yasmin Yusuf Zainab Zara Zeynep Zofia"""
)
FAMILY = _listed(
    """Abara Acheampong Adeyemi Agarwal Aguilar Ahlström Akhtar Alvarado Amadi Andersen Appiah Aranda Aslan Baptiste
    Barros Begum Bekele Bergström Bianchi Boateng Borges Bouchard Brennan Cabral Calder Castellanos Chanda
    Chaudhry Chen Cisneros Contreras Costa Dahl Das Delacroix Demir Desai Dhillon Diallo Dlamini Doyle Dube Dvorak
    Egwu Eriksen Espinoza Fakhoury Farah Feng Ferreira Fischer Flores Fofana Fontaine Galvez Gebre Ghosh Gonzaga
    Greer Guerrero Gutiérrez Haddad Halvorsen Hamdan Hassan Herrera Hidalgo Hoang Holm Huang Ibarra Idowu Iglesias
    Inoue Iyer Jansen Jara Jelani Jovanovic Kamau Kang Kapoor Karlsson Kaya Keita Khalil Kimura Kowalski Kruger
    Kumar Lacroix Lam Larsen Leclerc Lindqvist Lozano Lund Macharia Mahmoud Makena Malhotra Marchetti Mbeki Medina
    Mehta Mendes Mirza Molina Moreau Mwangi Nakamura Naidoo Navarro Ndiaye Nguyen Nilsen Novak Nwosu Oduya Okafor
    Okoye Olsen Ortega Osei Otieno Oyelaran Pacheco Park Patel Pereira Petrov Pham Pinto Quiroga Rahimi Ramos Rao
    Reyes Ricci Rojas Rossi Sadiq Saito Salazar Sandoval Sato Schäfer Serrano Shah Silva Singh Solberg Soto Suárez
    Tadesse Takeda Tanaka Tesfaye Thorne Toure Tran Ueda Uribe Vargas Vega Villanueva Wambui Wang Weiss Wójcik
    Yamada Yilmaz Zamora Zhang Zhou"""
)
_FIRM_HEADS = _listed(
    """Aldra Balvo Bresk Calmo Cindar Corvel Darvo Delmar Drumlo Elvera Fennic Ferrow Galdo Glenvar Hadrel Harlow
    Ivorra Jandel Kestra Kolvir Landrel Lorvane Maldor Merrow Nambra Nordel Obrenn Orvast Palmor Pellor Quarrel
    Quelm Randor Rostal Sabrel Solvar Tarnel Tolvane Umbrel Ventar Volmer Wendrel Wolmar Yarrow Zandel Zorvic"""
)
_FIRM_TAILS = _listed("beck bridge croft dale field ford gate ham hill holm lake mere mont moor ridge shaw vale wick")
FIRM_ROOTS = tuple(head + tail for head in _FIRM_HEADS for tail in _FIRM_TAILS)
TRADES = (
    "Manufacturing",
    "Logistics",
    "Health",
    "Foods",
    "Software",
    "Energy",
    "Finance",
    "Retail",
    "Labs",
    "Services",
)
INDUSTRIES = tuple(trade.lower() for trade in TRADES)
TEAMS = ("Harbor", "Summit", "Prairie", "Canyon", "Lakes", "Delta", "Mesa", "Orchard", "Granite", "Meadow")
LEVELS = ("c-level", "vp", "director", "manager", "staff")
TITLES = (
    ("Chief Executive", "Chief Operating Officer", "Chief People Officer"),
    ("VP Human Resources", "VP Operations", "VP Engineering"),
    ("Director of Talent", "Plant Director", "Director of IT"),
    ("HR Manager", "Hiring Manager", "Warehouse Manager"),
    ("Recruiting Coordinator", "Team Lead", "Office Administrator"),
)
"""Titles of each level."""
OPENINGS = (
    "Warehouse Associate", "Forklift Operator", "Production Technician", "Quality Inspector", "Customer Service Agent",
    "Payroll Specialist", "Staff Accountant", "Executive Assistant", "Registered Nurse", "Medical Assistant",
    "Software Developer", "Systems Administrator", "Data Analyst", "Project Manager", "Electrical Engineer",
    "Maintenance Mechanic",
)  # fmt: skip
MAIL_DOMAIN = "staffing.example"
PRODUCTS = ("starter agreement", "framework agreement", "managed service")
CAMPAIGNS = ("search", "newsletter", "spring fair", "autumn fair")
LOST_SALES = ("chose another agency", "no need at present", "price", "no decision")
LOST_CANDIDATES = ("client declined", "candidate withdrew", "position filled")
DISQUALIFIED = ("no need", "never reached", "too small", "works with another agency")


def team_name(number: int) -> str:
    """The name of a team: Harbor, Summit … and then Harbor 2."""
    lap, place = divmod(number, len(TEAMS))
    return TEAMS[place] + (f" {lap + 1}" if lap else "")
