"""Batches on the wire."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from db.models import JobStatus
from pipeline.spec import Line, without_nul
from serve.schemas.base import Answer, Body, FieldProblem, Page, Time
from serve.schemas.jobs import ErrorRead, ExportRead

MOST_ITEMS = 500
PartOfSpec = dict[str, Any]
Csv = Annotated[
    str, StringConstraints(min_length=1, max_length=10_000_000), AfterValidator(without_nul)
]


class BatchAsk(Body):
    """Either `items`, each laid over `defaults` as a JSON merge patch; or a `template` in whose
    texts `{{name}}` stands for the column of that name of a `csv`, a row an item."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Unit 7",
                    "defaults": {
                        "portrait_id": "01980000-0000-7000-8000-000000000001",
                        "engines": {"speech": "builtin"},
                    },
                    "items": [
                        {
                            "external_id": "unit-7-1",
                            "title": "Up",
                            "scenes": [{"narration": "Warm air rises."}],
                        },
                        {
                            "external_id": "unit-7-2",
                            "title": "Down",
                            "scenes": [{"narration": "Cold air lets go of the water again."}],
                        },
                    ],
                },
            ]
        }
    )

    title: Line = "Batch"
    defaults: PartOfSpec = Field(default_factory=dict)
    items: list[PartOfSpec] = Field(default_factory=list, max_length=MOST_ITEMS)
    template: PartOfSpec | None = None
    csv: Csv | None = None
    atomic: bool = Field(False, description="All items or none.")

    @model_validator(mode="after")
    def _says_it_in_one_way(self) -> "BatchAsk":
        if (self.template is None) != (self.csv is None):
            raise ValueError("a template and a csv belong together")
        if bool(self.items) == (self.template is not None):
            raise ValueError("give either items or a template with a csv")
        if self.template is not None and self.defaults:
            raise ValueError("a template has no defaults: write them into the template")
        return self


class BatchForm(Body):
    """A batch from a CSV file; `template` is JSON."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Unit 7",
                    "template": '{"title": "{{title}}", "scenes": [{"narration": "{{text}}"}], '
                    '"portrait_id": "01980000-0000-7000-8000-000000000001"}',
                    "csv": "external_id,title,text\nunit-7-1,Up,Warm air rises.\n",
                }
            ]
        }
    )

    title: Line = "Batch"
    template: str
    csv: str = Field(json_schema_extra={"format": "binary"})
    atomic: bool = False


class RefusedItem(Answer):
    """An item that was not taken, and all that is wrong with it."""

    row: int = Field(description="From 1; of a CSV, the first row below the names of its columns.")
    external_id: str | None
    errors: list[FieldProblem]


class BatchSummary(Answer):
    id: UUID
    title: str
    items: int = Field(description="How many were taken.")
    refused_count: int
    counts: Mapping[JobStatus, int] = Field(description="How many jobs have each status.")
    making: int
    created_at: Time
    cancelled_at: Time | None
    finished_at: Time | None = Field(description="Null while a job waits or runs.")


class BatchRead(BatchSummary):
    refused: list[RefusedItem]
    seconds_left: float | None = Field(description="Estimated from measured speeds.")


class BatchPage(Page[BatchSummary]):
    pass


class BatchCounts(Answer):
    """How far a batch is; sent whenever that changes."""

    counts: Mapping[JobStatus, int]
    seconds_left: float | None


class BatchItemEnd(Answer):
    """A job of a batch has ended, for now: it may be retried."""

    job_id: UUID
    row: int | None
    external_id: str | None
    status: JobStatus
    error: ErrorRead | None


class ManifestItem(Answer):
    row: int
    external_id: str | None
    title: str
    job_id: UUID
    status: JobStatus
    error: ErrorRead | None
    exports: list[ExportRead]


class Manifest(Answer):
    """All that a batch has made, and all that it has not."""

    batch_id: UUID
    title: str
    finished_at: Time | None
    items: list[ManifestItem]
    refused: list[RefusedItem]
