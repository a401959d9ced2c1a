"""Find what is wrong with a built site: dead links, pictures without words, requests elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, by element and attribute; a link to follow is not among them.
FETCHED = {("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src")}
FETCHED |= {("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src")}
FETCHED |= {("div", "data-frames")}  # by docs/static/live.js
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch"}
CSS_FETCHED = re.compile(r"""(?:@import\s+|url\(\s*)["']?((?:https?:)?//[^"')\s]+)""")
LEFT_OVER = {
    "application/vnd.jupyter": "a live picture without a kernel",
    "to move it.": "an instruction for a live picture that is not there",
}
APART = {"lite"}  # the browser edition is a site of its own, checked by its own tests


class Page(HTMLParser):
    """The places, links and pictures of an HTML file."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.places: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.pictures: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.update(filter(None, (given.get("id"), given.get("name"))))
        if tag == "img":
            self.pictures.append((given.get("src") or "", given.get("alt")))
        for name, value in attrs:
            if value and (tag, name) in FETCHED:
                self.fetched.add(value)
        if tag == "a" and given.get("href"):
            self.links.add(given["href"] or "")
        if tag == "link" and FETCHED_LINKS & set((given.get("rel") or "").split()):
            self.fetched.add(given.get("href") or "")


def faults(site: Path) -> list[str]:
    """Say what is wrong with a site, one line a fault."""
    files = [path for path in sorted(site.rglob("*")) if own(path.relative_to(site))]
    pages = {
        path: Page(path.read_text(encoding="utf-8"))
        for path in files
        if path.suffix == ".html" and "_static" not in path.parts  # the theme leaves a template
    }
    found = []
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        text = path.read_text(encoding="utf-8")
        found += [f"{name}: {fault}" for fault in dead_links(site, path, page, pages)]
        found += [f"{name}: {fault}" for fault in undescribed(page)]
        found += [f"{name}: fetches {url}" for url in sorted(page.fetched) if is_elsewhere(url)]
        found += [f"{name}: shows {what}" for sign, what in LEFT_OVER.items() if sign in text]
    for path in files:
        if path.suffix == ".css":
            elsewhere = CSS_FETCHED.findall(path.read_text(encoding="utf-8"))
            found += [f"{path.relative_to(site).as_posix()}: fetches {url}" for url in elsewhere]
    return found


def own(path: Path) -> bool:
    return path.parts[0] not in APART


def is_elsewhere(url: str) -> bool:
    return bool(urlsplit(url).netloc)


def dead_links(site: Path, path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for link in sorted(page.links | page.fetched):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if target.is_dir():
            target /= "index.html"
        if not target.exists() or not target.is_relative_to(site.resolve()):
            yield f"leads to {link}, which is not there"
        elif parts.fragment and unquote(parts.fragment) not in places(pages.get(target)):
            yield f"leads to {link}, a place that is not on that page"


def places(page: Page | None) -> set[str]:
    return page.places if page else set()


def undescribed(page: Page) -> Iterator[str]:
    for source, words in page.pictures:
        if not words or not re.search(r"\d", words):
            yield f"shows {source} without words that state its numbers"
