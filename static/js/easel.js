/* Looks how far an order is, and puts what the server tells of it into the page. */
const order = document.getElementById("order");
const told = document.getElementById("told");
const OFTEN = 1000;
const SELDOM = 5000; // nobody is looking

function state() {
  return order.querySelector("[data-state]");
}

/* Only what has changed is exchanged, so that the focus stays where it is. */
function show(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const next = fresh.content.querySelector("[data-state]");
  if (next.dataset.state !== state().dataset.state) {
    const hadFocus = order.contains(document.activeElement);
    order.replaceChildren(next);
    announce(next, hadFocus);
    return;
  }
  for (const part of next.querySelectorAll("[id]")) {
    const old = document.getElementById(part.id);
    if (old && old.outerHTML !== part.outerHTML) old.replaceWith(part);
  }
}

function announce(next, hadFocus) {
  told.textContent = next.dataset.told;
  if ("open" in next.dataset) return;
  document.title = `${next.dataset.told} · Sixpix`;
  if (hadFocus) document.getElementById("main").focus();
}

async function look() {
  try {
    const answer = await fetch(order.dataset.now, { cache: "no-store", headers: { Accept: "text/html" } });
    if (answer.ok) show(await answer.text());
    else if (answer.status === 404) location.reload();
  } catch {
    // Without the network for a moment: the next look may find it.
  }
  wait();
}

function wait() {
  if ("open" in state().dataset) setTimeout(look, document.hidden ? SELDOM : OFTEN);
}

wait();
