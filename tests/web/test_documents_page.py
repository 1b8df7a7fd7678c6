"""The page of documents: adding files, finding them, deleting them."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from browser_helpers import Page
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

DROP = """
const files = new DataTransfer();
files.items.add(new File(["The mayor of Nettlewick is Ada Quill."], "nettlewick.txt", { type: "text/plain" }));
const event = (name) => new DragEvent(name, { dataTransfer: files, bubbles: true, cancelable: true });
const zone = document.querySelector(".drop");
zone.dispatchEvent(event("dragover"));
const hovered = zone.hasAttribute("data-hover");
zone.dispatchEvent(event("drop"));
return hovered;
"""


def forget(page: Page, *sources: str) -> None:
    for source in sources:
        for entry in requests.get(f"{page.base}/v1/documents", params={"named": source}, timeout=30).json()[
            "documents"
        ]:
            requests.delete(f"{page.base}/v1/documents/{entry['doc_id']}", timeout=30)


def test_files_are_added_asked_about_and_deleted(page: Page, tmp_path: Path) -> None:
    good, empty = tmp_path / "quibblefish.txt", tmp_path / "empty.txt"
    good.write_text("The harbour of Quibblefish was opened in 1931. It has 17 cranes.", "utf-8")
    empty.write_bytes(b"")
    page.expected = ["422"]
    page.go("#/documents")
    page.wait(".documents > li")
    page.screenshot("documents")
    page.wait(".upload-options summary").click()
    page.script("document.getElementById('upload-published').value = '2024-03-05'")
    page.wait("#upload-tags").send_keys("harbours, 港口")
    page.wait("#files").send_keys(f"{good}\n{empty}")
    page.wait_text(".queue [data-verdict=good]", "quibblefish.txt")
    failure = page.wait_text(".queue [data-verdict=bad]", "file_empty")
    assert "The file is empty." in failure
    page.wait_text("#live", "1 file added, 1 file not added")
    shown = page.wait_text(".documents > li", "quibblefish")
    assert "5 March 2024" in shown
    page.screenshot("upload")
    page.wait("#files").send_keys(str(good))
    page.wait_text(".queue [data-verdict=good]", "unchanged")
    page.wait_text(".documents .tags", "港口")
    page.wait(".documents a.tag[href*=harbours]").click()
    page.wait("#question").send_keys("How many cranes does the harbour of Quibblefish have?", Keys.ENTER)
    page.wait_text(".chips", "tag: harbours")
    assert "17" in page.text(".answer #answer-text")
    page.go("#/documents?named=quibblefish")
    delete = page.wait(".documents button[aria-label*=quibblefish]")
    delete.click()
    page.wait("dialog[open]")
    page.type(Keys.ESCAPE)
    page.wait_gone("dialog")
    assert page.focused == delete, "nothing is deleted unless confirmed"
    delete.click()
    page.wait("dialog[open] button:not(.danger)").click()
    page.wait_gone("dialog")
    delete.click()
    page.screenshot("delete")
    page.wait("dialog[open] button.danger").click()
    page.wait_text(".gone", "is deleted: 1 passage, 1 revision.")
    page.go("#/documents?named=quibblefish")
    page.wait_text(".more", "No document is called “quibblefish”")


def test_a_dropped_file_is_added(page: Page) -> None:
    page.go("#/documents")
    page.wait(".documents > li")
    assert page.script(DROP)
    page.wait_text(".queue [data-verdict=good]", "nettlewick.txt")
    page.wait_text(".documents", "nettlewick")
    forget(page, "nettlewick")


def test_an_upload_is_cancelled_and_tried_again(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "ledger.txt"
    large.write_text("The ledger of Thistlebury lists 93 mills.\n" * 50_000, "utf-8")
    page.expected = ["ERR_INTERNET_DISCONNECTED"]
    page.go("#/documents")
    page.wait(".documents > li")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    page.wait("#files").send_keys(str(large))
    page.wait_text(".queue .state", "sending")
    page.wait(".queue button[aria-label='Cancel ledger.txt']").click()
    page.wait_text(".queue [data-verdict=gone]", "cancelled")
    large.write_text("The ledger of Thistlebury lists 93 mills.\n", "utf-8")
    page.offline(True)
    small = tmp_path / "small.txt"
    small.write_text("Small Thistlebury note.", "utf-8")
    page.wait("#files").send_keys(str(small))
    page.wait_text(".queue [data-verdict=bad]", "cannot be reached")
    page.offline(False)
    page.wait("nav [data-view=ask]").click()
    page.wait("#question")
    page.wait("nav [data-view=documents]").click()
    page.wait(".queue button[aria-label='Try small.txt again']").click()
    page.wait_text(".queue [data-verdict=good]", "small.txt")
    page.wait_text(".documents", "small.txt")
    forget(page, "small.txt")


def test_documents_are_found_and_paged(page: Page) -> None:
    page.go("#/documents?collection=almanac&named=leaf-")
    page.wait(".documents > li")
    assert len(page.all(".documents > li")) == 50
    page.wait(".more button").click()
    page.until(lambda: len(page.all(".documents > li")) == 55, "no second page")
    page.wait_text(".more", "all of them")
    box = page.wait("#document-search")
    box.clear()
    box.send_keys("LEAF-07")
    page.until(lambda: len(page.all(".documents > li")) == 1, "not found")
    assert "named=LEAF-07" in page.driver.current_url
    assert page.focused == box
    page.wait(".documents a.open").click()
    page.wait_text(".window", "Leaf 7 of the almanac.")
    page.type(Keys.ESCAPE)
    page.wait_text(".documents", "leaf-07")
    page.until(lambda: page.focused == page.wait(".documents a.open"), "the focus is lost")
