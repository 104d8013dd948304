"""One question, answered over the batches known at its instant."""

from __future__ import annotations

from datetime import datetime

from courtside.warehouse.batches import known
from courtside.warehouse.engine import EMBEDDED, Engine, engine_for
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.generation import Inputs
from courtside.warehouse.question import Answer as Answer
from courtside.warehouse.question import CannotAnswer as CannotAnswer
from courtside.warehouse.question import Question as Question
from courtside.warehouse.rolled import Rollup
from courtside.warehouse.session import Session as Session


def open_session(inputs: Inputs, question: Question) -> Session:
    """A session over the batches known at the question's instant, with the rollup if it is for those."""
    if inputs.warehouse != EMBEDDED:
        return Session(open_engine(inputs, question.known_at), inputs.catalogue, inputs.calendar, inputs.currency)
    engine = DuckEngine.over_batches(inputs.root, inputs.batches, question.known_at, inputs.zone, inputs.currency)
    rollup = None
    if known(inputs.batches, question.known_at) == known(inputs.batches, None):
        rollup = Rollup.attached(engine, inputs)
    return Session(engine, inputs.catalogue, inputs.calendar, inputs.currency, rollup)


def open_engine(inputs: Inputs, known_at: datetime | None) -> Engine:
    """The database a workspace names, brought up to date with its batches. Raises EngineError."""
    kind = engine_for(inputs.warehouse)
    return kind.over_batches(inputs.root, inputs.batches, known_at, inputs.zone, inputs.currency, inputs.warehouse)


def ask(question: Question, inputs: Inputs) -> Answer:
    """One question, answered and closed. Raises UnknownMetric, CannotAnswer."""
    session = open_session(inputs, question)
    try:
        return session.ask(question)
    finally:
        session.engine.close()


def rows_behind(question: Question, inputs: Inputs) -> Answer:
    """The rows behind one answer. Raises UnknownMetric, CannotAnswer."""
    session = open_session(inputs, question)
    try:
        return session.behind(question)
    finally:
        session.engine.close()
