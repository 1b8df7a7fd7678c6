// Builds elements. Strings become text nodes and nothing else, so that no document can become markup.

const REFUSED = /^(on|style$|srcdoc$)/i;

/**
 * @param {string} tag
 * @param {Object} attributes `on` holds listeners by event; true sets a bare attribute; false, null and undefined set none
 * @param {...(Node|string|number|Array|null|undefined|false)} children
 */
export function h(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (REFUSED.test(name)) throw new TypeError(`attribute ${name} is not allowed`);
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...nodes(children));
  return element;
}

export function fill(container, ...children) {
  container.replaceChildren(...nodes(children));
  return container;
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Says something to screen readers, even when it is what was said last. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}
