// What the page remembers on this device: language, theme, collection, history, the switch of the single keys.
// Storage may be forbidden or full; then the page simply forgets.

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

export function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // There was nothing then.
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

/** A key that stands alone can be pressed by mistake, or by speech input: it can be switched off (WCAG 2.1.4). */
export const singleKeys = () => remembered("keys") !== "off";

export function switchSingleKeys(on) {
  remember("keys", on ? "on" : "off");
}
