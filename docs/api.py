"""Prints the HTTP interface as a page, from its OpenAPI description.

``python -m docs.api`` prints it; ``python -m docs.api --write`` puts it into docs/api.md.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from serve.description import description

OUT = Path(__file__).with_name("api.md")
HEAD = """# The HTTP interface

Made by `python -m docs.api --write` from the OpenAPI 3.1 description, which a running studio serves
at `/api/openapi.json` and `lectern openapi` prints. A first walk: [quickstart.md](quickstart.md).

JSON in UTF-8; times in RFC 3339; ids are UUIDs. Unknown fields and query parameters are refused.
Lists come in pages: `limit`, and `cursor` with the `next_cursor` of the page before. Every call
that counts against a rate answers with `RateLimit`. **Needs**: a scope of an API key
(`lessons:write`), a role (`role:creator`), or `session`: a person who has signed in, no key.
"""
ERRORS = """## Errors

`application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail`, `request_id`,
and where they help `advice`, `errors` (each with `field`, `code`, `message`) and `quota`. `code` is
stable. Any call may be refused with {usual}.

| Code | Status | An example of what it says |
|---|---|---|
"""
USUAL = {
    "address_too_long",
    "body_malformed",
    "body_too_large",
    "body_too_nested",
    "database_unavailable",
    "headers_too_large",
    "media_type_refused",
    "not_signed_in",
    "rate_exceeded",
    "request_invalid",
    "token_refused",
}
"""Not told again for each call."""


def page() -> str:
    told = description()
    tags = {tag["name"]: tag["description"] for tag in told["tags"]}
    parts = [HEAD]
    for tag, about in tags.items():
        parts.append(f"## {tag.capitalize()}\n\n{about}\n")
        parts += [
            _operation(method.upper(), path, operation, told["components"]["schemas"])
            for path, operations in told["paths"].items()
            for method, operation in operations.items()
            if operation["tags"] == [tag]
        ]
    usual = ", ".join(f"`{code}`" for code in sorted(USUAL))
    return "\n".join([*parts, ERRORS.format(usual=usual) + _errors(told["components"]["examples"])])


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    lines = [f"### `{method} {path}`", "", operation["description"].strip(), ""]
    lines += [*_needs(operation), *_parameters(operation), *_body(operation, schemas)]
    lines += [*_answers(operation)]
    return "\n".join(lines) + "\n"


def _needs(operation: dict[str, Any]) -> Iterator[str]:
    needed = [scope for each in operation.get("security", []) for s in each.values() for scope in s]
    if needed:
        yield f"- **Needs** {', '.join(f'`{scope}`' for scope in needed)}"


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for each in operation.get("parameters", ()):
        if each["in"] != "path":
            about = each.get("description") or each["schema"].get("description", "")
            yield f"- `{each['name']}` ({each['in']}) {about}".rstrip()


def _body(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        name = _name(content["schema"])
        shown = content.get("examples") or schemas[name].get("examples", [])
        values = [each["value"] for each in shown.values()] if isinstance(shown, dict) else shown
        yield f"- **Body** `{media_type}`: `{name}`"
        if values:
            example = json.dumps(values[0], ensure_ascii=False, indent=2)
            yield f"\n```json\n{example}\n```\n"


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if int(status) < 400:
            yield f"- **{status}** {_kinds(answer) or answer['description']}"
    codes = [
        f"`{code}`"
        for status, answer in operation["responses"].items()
        if int(status) >= 400
        for content in answer["content"].values()
        for code in content["examples"]
        if code not in USUAL
    ]
    if codes:
        yield f"- **Refuses with** {', '.join(codes)}"


def _kinds(answer: dict[str, Any]) -> str:
    return ", ".join(
        f"`{name}`" if media_type == "application/json" else f"`{media_type}`"
        for media_type, content in answer.get("content", {}).items()
        for name in [_name(content.get("schema", {}))]
    )


def _name(schema: dict[str, Any]) -> str:
    """The model a schema names, however it is wrapped."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"{_name(schema['items'])}[]"
    named = [_name(each) for each in schema.get("anyOf", ()) if "$ref" in each]
    return named[0] if named else str(schema.get("type", "any"))


def _errors(examples: dict[str, Any]) -> str:
    return "".join(
        f"| `{code}` | {example['value']['status']} | {_cell(example['value'])} |\n"
        for code, example in sorted(examples.items())
    )


def _cell(problem: dict[str, Any]) -> str:
    return f"{problem['detail']} {problem.get('advice', '')}".strip().replace("|", "\\|")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        OUT.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
