"""The migrations make the tables that the models describe, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from db.models import Base, Event, JobStatus
from db.schema import migrate, unmigrate
from db.session import Database, psycopg2_url
from tests.factories import a_job, a_user

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, udt_name, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 't'""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "enums": """
        SELECT typname, enumlabel, row_number() OVER (PARTITION BY typname ORDER BY enumsortorder)
        FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid""",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}


def catalogue(connection: Connection, *but: str) -> dict[str, set[tuple[object, ...]]]:
    """What stands in the database, apart from alembic's own table."""
    return {
        kind: {
            tuple(row) for row in connection.execute(text(query)) if "alembic" not in str(row[0:2])
        }
        for kind, query in CATALOGUE.items()
        if kind not in but
    }


@pytest.fixture
def connection(empty_database_url: str):
    engine = create_engine(psycopg2_url(empty_database_url))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_alembic_finds_nothing_to_add_to_the_migrations(database_url: str):
    engine = create_engine(psycopg2_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_models_and_migrations_make_the_same_columns_checks_indexes_and_enums(
    database_url: str, connection: Connection
):
    Base.metadata.create_all(connection)
    engine = create_engine(psycopg2_url(database_url))
    with engine.connect() as migrated:
        by_migrations = catalogue(migrated, "functions")
    engine.dispose()
    by_models = catalogue(connection, "functions")
    for kind in by_models:
        assert by_migrations[kind] == by_models[kind], kind


def test_migrations_go_up_and_down_and_up_again(empty_database_url: str, connection: Connection):
    nothing = catalogue(connection)
    migrate(empty_database_url)
    connection.rollback()
    everything = catalogue(connection)
    assert len(everything["columns"]) > 50
    connection.rollback()
    unmigrate(empty_database_url)
    assert catalogue(connection) == nothing
    connection.rollback()
    migrate(empty_database_url)
    assert catalogue(connection) == everything


def test_several_processes_may_migrate_at_once(empty_database_url: str, connection: Connection):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty_database_url] * 4))
    versions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    assert len(versions) == 1


def test_a_failed_migration_leaves_nothing_behind(empty_database_url: str, connection: Connection):
    connection.execute(text("CREATE TABLE exports (mine integer)"))
    connection.commit()
    before = catalogue(connection)
    connection.rollback()
    with pytest.raises(Exception, match="already exists"):
        migrate(empty_database_url)
    assert catalogue(connection) == before


def test_a_making_of_a_job_ends_only_once(database: Database):
    with database.transaction() as session:
        job = a_job(session, a_user(session))
        session.add(Event(job_id=job.id, number=1, making=1, kind="job.failed", data={}))
    with (
        pytest.raises(IntegrityError, match="uq_events_terminal"),
        database.transaction() as session,
    ):
        session.add(Event(job_id=job.id, number=2, making=1, kind="job.succeeded", data={}))
    with database.transaction() as session:
        session.add(Event(job_id=job.id, number=2, making=2, kind="job.succeeded", data={}))


def test_a_running_job_without_a_lease_is_refused(database: Database):
    with (
        pytest.raises(IntegrityError, match="ck_jobs_leased"),
        database.transaction() as session,
    ):
        a_job(session, a_user(session), status=JobStatus.RUNNING)
