"""The server describes its API, for programs and for people, without asking who wants to know."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import httpx
import pytest
from openapi_spec_validator import validate
from support.server import KeywayServer

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def stranger(server: KeywayServer):
    """A client without a credential."""
    with server.client(key="") as client:
        yield client


@pytest.fixture
def document(stranger: httpx.Client) -> dict:
    return stranger.get("/openapi.json").raise_for_status().json()


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text of its style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.styles: list[str] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if attributes.get(name) is not None]


def test_the_document_is_valid_openapi(document: dict, server: KeywayServer) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Keyway"
    assert document["servers"] == [{"url": server.url}]


def test_every_method_of_every_path_is_there_and_no_other(document: dict, http: httpx.Client) -> None:
    """The paths are asked with the methods that the document gives them, and with those that it does not."""
    assert len(document["paths"]) > 15
    for path, operations in document["paths"].items():
        assert operations.keys() <= METHODS
        for method in METHODS:
            with http.stream(method.upper(), path) as response:
                if response.headers["content-type"] == "text/event-stream":
                    continue
                response.read()
            if method in operations:
                assert response.status_code != 405, f"{method} {path}: {response.text}"
                assert response.json().get("error", {}).get("type") != "not_found", f"{method} {path}"
            else:
                # An endpoint for other credentials refuses this one before it looks at the method.
                assert response.status_code in (401, 405), f"{method} {path}: {response.text}"


def test_every_operation_says_who_may_call_it_and_has_a_name_of_its_own(document: dict) -> None:
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] and "security" in operation for operation in operations)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_pages_of_other_origins_may_read_the_description(stranger: httpx.Client, path: str) -> None:
    response = stranger.get(path, headers={"origin": "https://example.com"})
    assert response.headers["access-control-allow-origin"] == "https://example.com"
    assert response.headers["seam-request-id"]
    assert stranger.head(path).status_code == 200
    assert stranger.post(path).status_code == 405


def test_the_page_for_people_loads_nothing(stranger: httpx.Client, server: KeywayServer) -> None:
    page = Page(stranger.get("/docs").raise_for_status().text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not page.attributes("src") and not page.attributes("style")
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    for address in page.attributes("href"):
        assert address.startswith(("#", server.url)), address
    assert not re.search(r"url\(|@import", "".join(page.styles))


def test_a_browser_may_use_nothing_but_the_page_and_its_style(stranger: httpx.Client) -> None:
    response = stranger.get("/docs")
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    [style] = Page(response.text).styles
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


def test_the_page_for_people_has_every_path_and_every_link_leads_somewhere(
    stranger: httpx.Client, document: dict
) -> None:
    html = stranger.get("/docs").text
    page = Page(html)
    anchors = page.attributes("id")
    assert len(set(anchors)) == len(anchors)
    for path in document["paths"]:
        assert f"<code>{path}</code>" in html
    for address in page.attributes("href"):
        assert not address.startswith("#") or address[1:] in anchors, address
