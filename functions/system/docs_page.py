"""The OpenAPI document as one page of plain HTML: no script and no other server, so it works offline.

Everything shown comes from our own document and is escaped all the same.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
h1{margin-bottom:0}h2{margin-top:2.5rem;border-bottom:1px solid #d5dde5;text-transform:capitalize}
details{border:1px solid #d5dde5;border-radius:6px;margin:.4rem 0;padding:.3rem .8rem}
summary{cursor:pointer}code{font:14px/1.45 ui-monospace,monospace}
.method{display:inline-block;width:4.2rem;font-weight:600;text-transform:uppercase}
.get{color:#1b5e9b}.post{color:#1a7441}.put,.patch{color:#8a5a00}.delete{color:#a3262a}
table{border-collapse:collapse}td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}details{overflow-wrap:anywhere}.lock{color:#8a5a00}
@media (prefers-color-scheme:dark){body{color:#dde5ee;background:#14191f}
.get{color:#7db8ee}.post{color:#6fcf97}.put,.patch,.lock{color:#e5b567}.delete{color:#f08a8d}a{color:#9cc9f5}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: Only this page's own style sheet is allowed, by its hash (https://www.w3.org/TR/CSP3/).
DOCS_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
}


@cache
def docs_page(document: bytes) -> bytes:
    """Render the page.

    Args:
        document: the OpenAPI document as JSON.
    """
    api = json.loads(document)
    groups: dict[str, list[str]] = {}
    for path, method, operation in _operations(api):
        groups.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation))
    links = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in groups)
    sections = "".join(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(rows)}' for tag, rows in groups.items())
    schemas = "".join(_schema(name, schema) for name, schema in api["components"]["schemas"].items())
    title, base_url = escape(api["info"]["title"]), escape(api["servers"][0]["url"])
    head = (
        f'<meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style>'
    )
    intro = (
        f"<h1>{title}</h1><p>{escape(api['info']['description'])}</p>"
        f'<p>Base URL <code>{base_url}</code> · <a href="v1/openapi.json">OpenAPI document</a></p>'
        f'<nav>{links}<a href="#schemas">schemas</a></nav>'
    )
    body = f'{intro}{sections}<h2 id="schemas">schemas</h2>{schemas}'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def _operations(api: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in api["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    lock = ' <span class="lock" title="access token">needs sign-in</span>' if operation.get("security") else ""
    parts = [_paragraphs(operation.get("description", "")), _parameters(operation.get("parameters", []))]
    if body := operation.get("requestBody"):
        parts.append(f"<p>Body: {_content(body['content'])}</p>")
    rows = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>{escape(response.get('description', ''))}</td>"
        f"<td>{_content(response.get('content', {}))}</td></tr>"
        for status, response in operation["responses"].items()
    )
    return (
        f'<details><summary><span class="method {method}">{method}</span><code>{escape(path)}</code> '
        f"{escape(operation.get('summary', ''))}{lock}</summary>{''.join(parts)}<table>{rows}</table></details>"
    )


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}"
        f"{', required' if each.get('required') else ''}</td><td>{_type(each.get('schema', {}))}</td>"
        f"<td>{escape(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return f"<table>{rows}</table>" if rows else ""


def _content(content: Mapping[str, Any]) -> str:
    return ", ".join(_type(media.get("schema", {})) for media in content.values())


def _type(schema: Mapping[str, Any]) -> str:
    if reference := schema.get("$ref"):
        name = escape(reference.rsplit("/", 1)[-1])
        return f'<a href="#{name}"><code>{name}</code></a>'
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(_type(each) for each in schema[key])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    return f"<code>{escape(str(schema.get('format') or schema.get('type', 'any')))}</code>"


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code>{'' if field in required else '?'}</td><td>{_type(each)}</td>"
        f"<td>{escape(each.get('description', ''))}</td></tr>"
        for field, each in schema.get("properties", {}).items()
    )
    fields = f"<table>{rows}</table>" if rows else f"<p>{_type(schema)}</p>"
    summary = f"<summary><code>{escape(name)}</code></summary>"
    return f'<details id="{escape(name)}">{summary}{_paragraphs(schema.get("description", ""))}{fields}</details>'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part)
