"""Whatever is sent: no mistake of ours, and no answer that the description does not tell of."""

import pytest
import schemathesis
from schemathesis.schemas import APIOperation

from tests.api.contract import the_description
from tests.fuzz.fuzzing import Fuzzing, name_of

SCHEMA = schemathesis.openapi.from_dict(the_description())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
@pytest.mark.timeout(1800)
def test_every_answer_is_one_that_is_described(operation: APIOperation, fuzzing: Fuzzing) -> None:
    fuzzing.run(operation)
