"""What the tests of the pipeline share."""

import pytest

from db.session import Database
from pipeline.storage import Storage
from tests.fakes.studio import Studio


@pytest.fixture
def studio(database: Database, storage: Storage) -> Studio:
    return Studio(database, storage)
