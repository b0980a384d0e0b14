"""The studio's load, as its administrators read it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from db import capacity, forecast
from serve.deps import ReplicaCount, Replicas
from serve.schemas import CapacityRead, LaneRead, ProducerRead, ReplicasRead, SpeedRead


def capacity_read(
    db: Session, replicas: ReplicaCount | None, dashboard: str | None
) -> CapacityRead:
    lanes = capacity.lanes(db)
    work_seconds = forecast.work_left(db)
    deployments: Sequence[Replicas] = replicas() if replicas else ()
    return CapacityRead(
        lanes=[LaneRead.model_validate(each) for each in lanes],
        producers=[ProducerRead.model_validate(each) for each in capacity.producers(db)],
        deployments=[ReplicasRead.model_validate(each) for each in deployments],
        speeds=[SpeedRead.model_validate(each) for each in capacity.speeds(db)],
        work_seconds=round(work_seconds, 1),
        empty_in_seconds=round(work_seconds / max(1, sum(each.running for each in lanes)), 1),
        dashboard=dashboard,
    )
