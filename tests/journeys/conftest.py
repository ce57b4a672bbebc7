"""Chromium on the live server: the system's own program, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from dtks.cli.doctor import chromium as chromium_path
from dtks.foundation.ui import build

# Playwright's synchronous interface runs an event loop in this thread; Django's guard against database calls
# from an event loop would stop the test's own set-up, which is not asynchronous at all.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder that opens a page is a browser test."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def front_end() -> None:
    """The style sheets and scripts, built when they are not."""
    if shutil.which("node") or not build.is_current():
        build.build()


@pytest.fixture(scope="session")
def browser(front_end: None) -> Iterator[Browser]:
    """One Chromium for the session; the test is skipped where there is none."""
    program = chromium_path()
    if not program:
        pytest.skip("Chromium tidak ada (apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Makes pages on the live server: `open_page(viewport=PHONE, script=True)`.

    A call to any other address, an error in a script and a failed request make the test fail.
    """
    contexts, wrong = [], []

    def refuse(route: Route) -> None:
        wrong.append(f"third party called: {route.request.url}")
        route.abort()

    def is_wrong(message: ConsoleMessage) -> bool:
        # A form that was not accepted comes back with these: the browser tells, it is no fault.
        told = any(f"status of {status}" in message.text for status in (422, 429))
        return message.type == "error" and not told

    def make(*, viewport: dict[str, int] = DESKTOP, script: bool = True, locale: str = "id-ID") -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport=viewport, java_script_enabled=script, locale=locale
        )
        contexts.append(context)
        context.route(lambda url: not url.startswith((live_server.url, "data:", "blob:")), refuse)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("console", lambda message: wrong.append(message.text) if is_wrong(message) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page on a desktop screen."""
    return open_page()


def _drawn(page: Page) -> None:
    """A text is there before the style sheet is: what is measured or looked at waits for both."""
    page.wait_for_load_state("load")


@pytest.fixture
def seen() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page for people to look at, in the folder DTKS_TEST_PICTURES (if set)."""
    folder = os.environ.get("DTKS_TEST_PICTURES")

    def keep(page: Page, name: str) -> None:
        if folder and page.viewport_size:
            _drawn(page)
            path = Path(folder) / f"{name}-{page.viewport_size['width']}.png"
            page.screenshot(path=path, full_page=True)

    return keep


@pytest.fixture
def no_barriers() -> Callable[[Page], None]:
    """Checks a page with axe (WCAG 2 A and AA and best practices): it must find nothing."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Page) -> None:
        _drawn(page)
        found = Axe().run(page).response["violations"]
        told = [
            f"{violation['id']}: {node['html'][:200]}" for violation in found for node in violation["nodes"]
        ]
        assert told == []

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Checks that nothing is wider than the screen and that every target is at least 44 px high."""

    def check(page: Page) -> None:
        _drawn(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0
        # A link inside running text is exempt (WCAG 2.5.8).
        small = page.evaluate(
            """() => [...document.querySelectorAll("a[class], button, select, summary, input")]
                .filter(target => target.type !== "hidden")
                .filter(target => target.checkVisibility() && !target.closest(".skip-link"))
                .map(target => [target, (target.closest("label") ?? target).getBoundingClientRect().height])
                .filter(([, height]) => height < 43.5)
                .map(([target, height]) => target.outerHTML.slice(0, 120) + " " + height)"""
        )
        assert small == []

    return check


@pytest.fixture
def look(
    seen: Callable[[Page, str], None],
    no_barriers: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> Callable[[Page, str], None]:
    """Keeps a picture of the page, and checks it for barriers and for what does not fit the screen."""

    def at(page: Page, name: str) -> None:
        seen(page, name)
        no_barriers(page)
        fits(page)

    return at
