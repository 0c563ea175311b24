/** Build an element. Attributes that are null or false are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

const texts = document.getElementById("texts")?.content;

/** A text of the page's catalogue, with its {names} filled in. */
export function text(key, values = {}) {
  const template = texts.querySelector(`[data-key="${key}"]`).textContent;
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
