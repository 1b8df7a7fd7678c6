// What the page remembers on this device: language, theme, collection. Storage may be forbidden or full; then
// the page simply forgets.

const PREFIX = "citespan.";

export function remembered(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Forgetting is all right.
  }
}

const THEMES = ["auto", "light", "dark"];

export function theme() {
  const name = remembered("theme");
  return THEMES.includes(name) ? name : "auto";
}

export function nextTheme() {
  const name = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  remember("theme", name);
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  return name;
}
