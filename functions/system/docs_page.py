"""The page of the API: Swagger UI over the OpenAPI document, which also sends the requests that people try.

Everything it loads comes from this API, and no script or style stands in the page itself.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from functions.system.docs_assets import assets

_PAGE = Template(Path(__file__).with_name("docs_viewer").joinpath("page.html").read_text(encoding="utf-8"))
#: Own files only, neither inline nor evaluated (https://www.w3.org/TR/CSP3/). Swagger UI's icons are ``data:`` images,
#: in its style sheet and its script.
DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


@cache
def docs_page(document: bytes) -> bytes:
    """Render the page.

    Args:
        document: the OpenAPI document as JSON.
    """
    api = json.loads(document)
    names = {name: asset.name for name, asset in assets().items()}
    return _PAGE.substitute(
        title=escape(api["info"]["title"]),
        summary=escape(api["info"]["summary"]),
        base_url=escape(api["servers"][0]["url"]),
        viewer_css=names["swagger-ui.css"],
        viewer_js=names["swagger-ui-bundle.js"],
        page_css=names["page.css"],
        page_js=names["page.js"],
    ).encode()
