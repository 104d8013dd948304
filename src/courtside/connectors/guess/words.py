"""The words column names are made of, in several languages and abbreviated, brought to one vocabulary."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, normalize

_SAME: dict[str, str] = {
    "opportunity": (
        "opp opps oppty opportunities potential potentials deal deals verkaufschance "
        "verkaufschancen opportunite affaire affaires oportunidad oportunidades negocio geschaft"
    ),
    "account": (
        "acct accounts acc company companies organization organisation org client clients customer "
        "customers cust firma unternehmen kunde kunden konto societe entreprise compte cliente "
        "cuenta empresa corporation compagnie"
    ),
    "contact": "contacts kontakt kontakte contacto ansprechpartner",
    "lead": "leads prospect prospects mql sql enquiry inquiry interessent interessenten piste prospecto",
    "owner": (
        "owners own rep reps seller salesperson agent besitzer inhaber verantwortlich "
        "verantwortlicher zustandig proprietaire vendeur propietario vendedor responsable assigned "
        "assignee verkaufer"
    ),
    "user": (
        "users employee employees empl emp mitarbeiter mitarbeitende employe employes empleado "
        "empleados utilisateur usuario benutzer staff"
    ),
    "person": "persons people personne persona personen",
    "candidate": "candidates kandidat candidat candidato bewerber",
    "amount": "amt betrag montant importe amnt",
    "value": "val wert valeur valor",
    "stage": "stages stg phase etape etapa stufe",
    "status": "stat etat estado",
    "created": (
        "create creation createdate crtd crt creat erstellt erstell erstellung angelegt opened "
        "eroffnet cree creado creacion"
    ),
    "close": "closed closing closes cls abschluss geschlossen cloture cierre cerrado",
    "won": "gewonnen gagne ganado",
    "lost": "verloren perdu perdido loss",
    "date": "dt datum fecha at on am zeitpunkt time zeit heure hora timestamp datetime tag jour dia",
    "source": "src origin quelle herkunft origen origine channel kanal",
    "campaign": "campaigns kampagne kampagnen campagne campana cmpgn",
    "name": "nm nom nombre bezeichnung names",
    "first": "vor prenom",
    "last": "nach apellido surname nachnam",
    "full": "voll vollstandig complet completo",
    "email": "mail emailadresse correo courriel",
    "id": "ids nr no nummer numero key guid identifier ref kennung num number",
    "industry": "sector branche secteur industria vertical",
    "product": "products produkt produit producto prod",
    "type": "typ kind art tipo category kategorie subtype cat",
    "subject": "betreff sujet asunto subj",
    "start": "begin begins beginn debut inicio from von desde starts gultig",
    "end": "ende fin to bis hasta until ends",
    "due": "fallig echeance vencimiento",
    "duration": "dauer duree duracion dur length",
    "seconds": "sec secs second sekunden secondes segundos",
    "minutes": "min mins minute minuten minutos",
    "direction": "richtung sens",
    "outcome": "result disposition ergebnis resultat resultado",
    "manager": "mgr vorgesetzter supervisor jefe chef leiter",
    "team": "teams mannschaft equipe equipo",
    "region": "territory territories gebiet territoire territorio",
    "segment": "segments segmento",
    "hire": "hired hiring einstellung einstellungs eintritt eintritts embauche contratacion joined",
    "termination": "terminated term austritt austritts exit kundigung depart baja",
    "leave": "leaves absence absences abwesenheit urlaub conge ausencia vacation",
    "revenue": "umsatz ca ingresos turnover rev",
    "annual": "yearly jahres annuel anual",
    "invoice": "invoices rechnung rechnungs facture factura inv",
    "order": "orders bestellung commande pedido auftrag so",
    "transaction": "transactions txn trx",
    "payment": "payments zahlung paiement pago",
    "total": "gesamt totale",
    "grand": "brutto",
    "sub": "netto",
    "job": "jobs requisition requisitions vacancy stelle poste puesto posting",
    "expected": (
        "exp erwartet erwartetes prevu prevue previsto forecast estimated est voraussichtlich voraussichtliches"
    ),
    "reason": "grund raison motivo",
    "cost": "costs kosten cout costo spend spent ausgaben depense",
    "actual": "ist reel real",
    "month": "monat mois mes",
    "role": "rolle funktion rol",
    "title": "titel titre titulo cargo",
    "score": "punkte punktzahl puntaje",
    "activity": "activities aktivitat aktivitaten activite actividad act engagement engagements",
    "task": "tasks aufgabe aufgaben tache tarea",
    "event": "events ereignis evenement evento",
    "call": "calls anruf anrufe appel llamada",
    "meeting": "meetings termin termine reunion appointment appointments besprechung rendezvous",
    "interview": "interviews vorstellungsgesprach entretien entrevista",
    "parent": "ubergeordnet ubergeordnete matriz",
    "currency": "curr wahrung devise moneda ccy",
    "converted": "conversion konvertiert",
    "qualified": "qualification qualifiziert qualifie calificado",
    "changed": "change modified geandert",
    "entered": "enter betreten",
    "updated": "update aktualisiert",
    "headcount": "employeecount",
    "survey": "surveys umfrage enquete encuesta",
    "price": "preis prix precio",
    "list": "liste lista",
    "year": "jahr annee ano",
    "history": "historie verlauf historique historial",
    "previous": "prev old vorherige alt",
    "new": "neu neue nouveau nuevo",
    "by": "durch par por",
    "description": "desc beschreibung",
    "open": "offen",
    "record": "datensatz",
    "valid": "validity",
    "phone": "tel telefon",
    "probability": "prob",
    "item": "items",
}
"""A word of the vocabulary -> other ways of writing it."""
_ALONE = (
    "who what state is has city address quota deleted synced active next line template form activated "
    "viewed referenced master pipeline group country code fivetran system mod day primary external "
    "landing page "
)
"""Further words, which need no others: they keep names apart that would be taken for one another."""

_COUNT = re.compile(
    r"\b(?:number of|no\.? of|num(?:ber)? of|count of|anzahl(?: der)?|nombre d[e']?|n[uú]mero de|nb|#) ?(?=[^\W\d])",
    re.I,
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zà-öø-ÿß]+|\d+")
_SMALL = "property hs sf custom hubspot sales the of de der des du la le les el del c in y und and e et"
_NOISE = frozenset(_SMALL.split())
WORDS: dict[str, str] = {other: word for word, others in _SAME.items() for other in (word, *others.split())} | {
    word: word for word in _ALONE.split()
}


def plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(c for c in normalize("NFKD", text.replace("ß", "ss").lower()) if not combining(c))


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name in the vocabulary; unknown ones as they are.

    `LEADID`, `lead_id`, `Lead-Nr.` and `property_leadId` are all (lead, id); `Abschlussdatum` is (close, date).
    """
    counted = _COUNT.sub("headcount ", name.replace("_", " "))
    found: list[str] = []
    for part in _PARTS.findall(counted):
        found.extend(_split(plain(part)))
    return tuple(word for word in found if word not in _NOISE) or tuple(found)


def _split(part: str) -> list[str]:
    """One written word as words of the vocabulary: itself, or two or three it is put together from."""
    if part in WORDS or part in _NOISE or len(part) < 5:
        return [WORDS.get(part, part)]
    for end in range(len(part) - 2, 2, -1):
        first, rest = part[:end], part[end:]
        if first not in WORDS and first.rstrip("ns") not in WORDS:
            continue
        tail = _split(rest) if len(rest) > 4 else [WORDS.get(rest, rest)]
        if all(word in WORDS for word in tail):
            return [WORDS.get(first) or WORDS[first.rstrip("ns")], *tail]
    return [part]
