// Shows changes of the page as the server sends them. Without it, the page is complete and loads itself again.

const connection = document.querySelector('#connection');

/** Makes an element equal to another one. What stays the same stays where it is, with its focus, selection and scroll. */
function update(kept, wanted) {
  if (kept.isEqualNode(wanted)) return;
  if (kept.nodeName !== wanted.nodeName) {
    kept.replaceWith(wanted);
  } else if (kept instanceof Element) {
    for (const { name } of [...kept.attributes]) {
      // The reader has opened it.
      if (name !== 'open' && !wanted.hasAttribute(name)) kept.removeAttribute(name);
    }
    for (const { name, value } of [...wanted.attributes]) {
      if (kept.getAttribute(name) !== value) kept.setAttribute(name, value);
    }
    updateChildren(kept, wanted);
  } else {
    kept.nodeValue = wanted.nodeValue;
  }
}

/** Those with an id are found by it, and the others by their place. */
function updateChildren(kept, wanted) {
  const ids = new Set([...wanted.children].map(({ id }) => id));
  for (const child of [...kept.children]) if (child.id && !ids.has(child.id)) child.remove();
  const byId = new Map([...kept.children].map((child) => [child.id, child]));
  let next = kept.firstChild;
  for (const child of [...wanted.childNodes]) {
    const same = child.id
      ? byId.get(child.id)
      : next && !next.id && next.nodeName === child.nodeName
        ? next
        : undefined;
    if (same && same === next) next = next.nextSibling;
    else kept.insertBefore(same ?? child, next);
    if (same) update(same, child);
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

function say(words, isLost) {
  connection.textContent = words;
  connection.classList.toggle('lost', isLost);
}

function connect() {
  const events = new EventSource(document.body.dataset.events);
  events.addEventListener('open', () => say('Live', false));
  events.addEventListener('error', () => {
    say('No connection to the monitor: this page is old.', true);
    // The browser tries again by itself, except after an answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 3_000);
  });
  events.addEventListener('page', ({ data }) => {
    const parsed = new DOMParser().parseFromString(JSON.parse(data), 'text/html');
    const main = document.querySelector('main');
    const wanted = parsed.querySelector('main');
    if (!main || !wanted) return;
    update(main, wanted);
    document.title = wanted.dataset.title;
  });
}

connect();
