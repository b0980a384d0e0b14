"""What a refused request must look like, to the last field."""

from typing import Any

import httpx


def assert_problem(
    answer: httpx.Response, status: int, code: str, detail: str | None = None
) -> dict[str, Any]:
    """Checks the whole body but for free texts; returns it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:lectern:problem:{code}"
    assert body["title"] == code.replace("_", " ").capitalize()
    assert body["status"] == status
    assert body["code"] == code
    assert body["request_id"] == answer.headers["x-request-id"]
    assert set(body) <= {
        "type", "title", "status", "code", "detail", "advice", "errors", "quota", "request_id",
    }  # fmt: skip
    assert "Traceback" not in answer.text
    if detail is not None:
        assert body["detail"] == detail
    return body


def fields(body: dict[str, Any]) -> set[tuple[str, str]]:
    """Where each error is, and its code."""
    return {(error["field"], error["code"]) for error in body["errors"]}
