// A classic script, so that the chosen theme is there before the first paint. Everything else is a module.
(() => {
  try {
    const theme = localStorage.getItem("citespan.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the page then follows the system.
  }
})();
