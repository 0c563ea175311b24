/* What a browser keeps of a try that isn't sent yet; and that somebody was asked once. Private windows
   may keep nothing: then a reload starts the row afresh, and the question comes again. */

const ASKED = "sixpix-asked";
let isAsked = false;

function keyOf(state) {
  return `sixpix-draft-${state.number}`;
}

export function readDraft(state) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(keyOf(state)));
    return draft?.next === state.next_try && Array.isArray(draft.words) ? draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(state, draft) {
  try {
    const kept = JSON.stringify({ next: state.next_try, ...draft });
    if (draft) sessionStorage.setItem(keyOf(state), kept);
    else sessionStorage.removeItem(keyOf(state));
  } catch {
    // As said above.
  }
}

/** Whether somebody has been asked before if they mean to send a single word; now they have. */
export function wasAsked() {
  const before = isAsked;
  isAsked = true;
  try {
    const kept = localStorage.getItem(ASKED);
    localStorage.setItem(ASKED, "yes");
    return before || kept !== null;
  } catch {
    return before;
  }
}
