"""A real Chromium for the tests of the web page: how it is started, watched and asked.

Every page is watched for what must never happen: a message on the console, a breach of the content security
policy, a dialog, a request to another host. :meth:`Page.trespasses` tells of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = Path("/usr/bin/chromium")
CHROMEDRIVER = Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE = 12.0
NETWORK = ("http", "https", "ws", "wss")

T = TypeVar("T")

# Runs before every page's own scripts.
WATCH = """
window.trespasses = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  trespasses.push(`${violatedDirective} ${blockedURI}`);
});
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => trespasses.push(name);
"""

IN_VIEW = """
const box = arguments[0].getBoundingClientRect();
return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
"""


@cache
def axe_source() -> str:
    """The newest axe-core among the packages that carry it."""
    return (Path(str(find_spec("axe_core_python").submodule_search_locations[0])) / "axe.min.js").read_text("utf-8")  # type: ignore[union-attr,index]


def require_chromium() -> None:
    """Skips the test where there is no Chromium; on CI there must be one."""
    missing = [str(path) for path in (CHROMIUM, CHROMEDRIVER) if not path.exists()]
    if not missing:
        return
    reason = f"no {' and no '.join(missing)} (Debian: apt-get install chromium chromium-driver)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class Page:
    """One browser window on the service at ``base``."""

    def __init__(self, driver: webdriver.Chrome, base: str) -> None:
        self.driver = driver
        self.base = base.rstrip("/")
        self.pictures = Path(tempfile.gettempdir())
        self.expected: list[str] = []
        """Parts of console messages that the test provokes on purpose."""

    def go(self, route: str = "") -> None:
        """Loads the page anew at ``route``, as a followed link would."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.base}/{route}")
        self.wait("main > :not(noscript, .loading, h1.unseen), dialog[open]")

    def ask(self, question: str, collection: str | None = None) -> None:
        """Opens the link of a question and waits for what comes of it."""
        self.go(f"#/ask?{urlencode({'q': question} | ({'collection': collection} if collection else {}))}")
        self.wait(".answer, .abstention, .problem")

    def type(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, css: str, limit: int = 60) -> WebElement:
        """Presses Tab until the element that ``css`` names holds the focus."""
        for _ in range(limit):
            if self.script("return document.activeElement.matches(arguments[0])", css):
                return self.focused
            self.type(Keys.TAB)
        raise AssertionError(f"{css} is not reached within {limit} tabs")

    @property
    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def wait(self, css: str) -> WebElement:
        """The first element that ``css`` names, once there is one."""
        return self.until(lambda: self.all(css), f"no {css}")[0]

    def wait_gone(self, css: str) -> None:
        self.until(lambda: not self.all(css), f"{css} stays")

    def wait_text(self, css: str, part: str) -> str:
        """The text of the first element that ``css`` names, once it holds ``part``."""

        def found() -> str | None:
            texts = [self.text(element) for element in self.all(css)]
            return next((text for text in texts if part in text), None)

        return str(self.until(found, f"no {part!r} in {css}"))

    def until(self, condition: Callable[[], T], failure: str) -> T:
        """The first truthy value of ``condition``, waited for patiently."""
        # The page may redraw what is being read; then it is read again.
        waiting = WebDriverWait(self.driver, PATIENCE, 0.05, [StaleElementReferenceException])
        try:
            return waiting.until(lambda _: condition())
        except TimeoutException:
            shown = self.script("return document.querySelector('main')?.innerText ?? document.URL")
            raise AssertionError(f"{failure}; the page says: {str(shown)[:300]!r}") from None

    def text(self, element: WebElement | str) -> str:
        """The text as it is in the document, not as it is laid out."""
        found = self.wait(element) if isinstance(element, str) else element
        return str(self.script("return arguments[0].textContent", found))

    def in_view(self, element: WebElement) -> bool:
        return bool(self.script(IN_VIEW, element))

    def script(self, source: str, *arguments: object) -> object:
        return self.driver.execute_script(source, *arguments)

    def evaluate(self, expression: str) -> object:
        """The value of a promise made in the page; its maker may import the page's own modules."""
        failed = "(error) => arguments[0](`failed: ${error}`)"
        return self.driver.execute_async_script(f"({expression}).then(arguments[0], {failed})")

    def overflows(self) -> bool:
        """Whether the page can be scrolled sideways."""
        return bool(self.script("return document.documentElement.scrollWidth > innerWidth"))

    def emulate(self, **features: str) -> None:
        """Media features, such as ``prefers_color_scheme="dark"``."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def offline(self, off: bool) -> None:
        conditions = {"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def keep_pictures_in(self, folder: Path) -> None:
        """Screenshots go to the folder that ``CITESPAN_SCREENSHOTS`` names, without it to ``folder``."""
        self.pictures = Path(os.environ.get("CITESPAN_SCREENSHOTS") or folder)

    def screenshot(self, name: str) -> None:
        """Keeps a picture of the window in ``pictures``."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(self.pictures / f"{name}.png"))

    def axe(self, *rules: str) -> list[str]:
        """What axe-core finds wrong for people who use assistive technology: the rule and where it is broken.

        All of its rules, or ``rules`` alone.
        """
        if not self.script("return 'axe' in window"):
            # Through the debugger: the page's own policy lets no other script in.
            self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_source()})
        # What fades in is judged as it is then.
        self.script(
            "document.getAnimations().filter(a => a.effect.getComputedTiming().iterations < Infinity)"
            ".forEach(a => a.finish())"
        )
        options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
        run = f"axe.run({json.dumps(options)}).then(({{violations}}) => JSON.stringify(violations))"
        found = self.driver.execute_cdp_cmd(
            "Runtime.evaluate", {"expression": run, "awaitPromise": True, "returnByValue": True}
        )
        violations = json.loads(found["result"]["value"])
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in violations for node in rule["nodes"]
        ]

    def reset(self) -> None:
        """As a new visitor would come: nothing remembered, nothing emulated, nothing seen."""
        self.emulate()
        self.offline(False)
        self.script("try { localStorage.clear(); sessionStorage.clear(); } catch {}")
        self.driver.get("about:blank")
        self.trespasses()
        self.expected = []

    def trespasses(self) -> list[str]:
        """What the page did that it must never do, and that the test did not expect."""
        seen = self.script("return window.trespasses ?? []")
        assert isinstance(seen, list)
        return [*map(str, seen), *self._console(), *self._foreign_requests()]

    def _console(self) -> list[str]:
        messages = [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]
        return [text for text in messages if not any(part in text for part in self.expected)]

    def _foreign_requests(self) -> list[str]:
        own = urlsplit(self.base).netloc
        urls = [urlsplit(url) for url in self._requests()]
        return [url.geturl() for url in urls if url.scheme in NETWORK and url.netloc != own]

    def _requests(self) -> Iterator[str]:
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                yield str(event["params"]["request"]["url"])


class Open(Protocol):
    def __call__(self, *, language: str = "en", width: int = 1280, height: int = 1000) -> Page: ...


@contextmanager
def chromium(base: str, *, language: str = "en", width: int = 1280, height: int = 900) -> Iterator[Page]:
    """A fresh browser, with a profile of its own, that prefers ``language``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))
        try:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
            if width < 600:
                metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            yield Page(driver, base)
        finally:
            driver.quit()
