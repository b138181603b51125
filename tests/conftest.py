"""What tests share: the real notes beside the project, and tools that may be absent."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

PROJECT = Path(__file__).resolve().parent.parent

# A shell that is no terminal's lets what it starts with `&` ignore this, and all that comes of it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def missing(what: str) -> None:
    """Skip for want of `what`; where everything must be tested (NOTESITE_TEST_ALL=1), fail
    instead."""
    if os.environ.get("NOTESITE_TEST_ALL") == "1":
        pytest.fail(f"{what} is missing, and NOTESITE_TEST_ALL=1 allows no skip")
    pytest.skip(f"{what} is missing")


def tool(*names: str) -> str:
    """The path of the first of these programs that is installed; the test is skipped if none is."""
    for name in names:
        if path := shutil.which(name):
            return path
    missing(" or ".join(names))
    raise AssertionError  # missing() never returns


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of what tests do stays in the cache folder of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real notes by others, beside the project; used in place, never copied into
    it."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        missing("../shared/data, the notes that tests run on,")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one."""
    from playwright.sync_api import sync_playwright

    program = tool("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """As new: nothing in its cache or its storage."""
    context = browser.new_context()
    yield context
    context.close()
