// A classic script, so that it is there when a module cannot be loaded or does not start: it then says so.
(() => {
  function tell() {
    const stuck = document.getElementById("stuck");
    if (!stuck || document.querySelector("main > :not(noscript)")) return; // not yet, or the page has started
    stuck.hidden = false;
    for (const button of document.querySelectorAll(".controls button")) button.hidden = true; // they have no words yet
    document.getElementById("retry").addEventListener("click", () => location.reload());
  }

  // A script that cannot be fetched, one that is none, and words that cannot be fetched, in this order.
  addEventListener("error", ({ target }) => (target === window || target.localName === "script") && tell(), true);
  addEventListener("unhandledrejection", tell);
})();
