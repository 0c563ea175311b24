/* The puzzle page: ties row, keyboard, earlier tries and the server together. */
import "./day.js";
import { knowledge, tryItem, turnOver } from "./board.js";
import { h, text } from "./dom.js";
import { showRecord, showReveal, watchFilm } from "./end.js";
import { watchHelp } from "./help.js";
import { Keyboard } from "./keyboard.js";
import { plain, Row } from "./row.js";
import { Refusal, sendTry } from "./send.js";
import { endSheet, watchShare } from "./share.js";
import { watchPictures } from "./viewer.js";
import { Ways } from "./ways.js";

const REVEAL_MS = 1200;

let state = JSON.parse(document.getElementById("state").textContent);
const form = document.getElementById("guess");
const message = document.getElementById("message");
const board = document.getElementById("keyboard");
const draftKey = `sixpix-draft-${state.number}`;

function readDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(draftKey));
    return draft?.next === state.next_try && Array.isArray(draft.words) ? draft : null;
  } catch {
    return null;
  }
}

function keepDraft(draft) {
  try {
    if (draft) sessionStorage.setItem(draftKey, JSON.stringify({ next: state.next_try, ...draft }));
    else sessionStorage.removeItem(draftKey);
  } catch {
    // Private windows may have no storage: then a reload simply starts the row afresh.
  }
}

function say(words, { isQuiet = false, needsReload = false } = {}) {
  message.classList.toggle("is-quiet", isQuiet);
  message.textContent = words;
  if (!needsReload) return;
  const reload = h("button", { type: "button" }, text("reload"));
  reload.addEventListener("click", () => location.reload());
  message.append(reload);
}

function startPlay() {
  let isBusy = false;
  const row = new Row(document.getElementById("row"), {
    onChange: keep,
    onMove: (index) => keyboard.show(knowledge(state, index).letters),
  });

  function keep() {
    keepDraft({ words: row.words, sentence: ways.sentence });
    say("");
  }

  function sendWords() {
    const problem = row.problem();
    if (problem) say(problem);
    else send({ words: row.words });
  }

  async function send(guess) {
    if (isBusy) return;
    isBusy = true;
    form.classList.add("is-busy");
    say(text("sending"), { isQuiet: true });
    try {
      take(await sendTry(form, { try: state.next_try, hard: state.hard, ...guess }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.message, { needsReload: error.needsReload });
    } finally {
      isBusy = false;
      form.classList.remove("is-busy");
    }
  }

  function take(after) {
    state = after;
    keepDraft(null);
    const last = state.tries.at(-1);
    const item = tryItem(state, last);
    turnOver(item);
    document.getElementById("tries").prepend(item);
    say("");
    document.getElementById("told").textContent = last.summary;
    row.show(state);
    ways.show(state);
    showTurn();
    if (state.finished) finish();
    else if (!ways.isOpen) row.focus();
  }

  function showTurn() {
    form.elements.try.value = state.next_try;
    document.getElementById("turn").textContent = text("turn", { number: state.tries.length + 1 });
    document.querySelectorAll(".pip").forEach((pip, i) => {
      const used = state.tries.length;
      pip.className = i < used ? "pip is-used" : i === used ? "pip is-now" : "pip";
    });
  }

  function finish() {
    document.removeEventListener("keydown", onKey);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    board.inert = true;
    setTimeout(() => {
      const end = endSheet(state);
      board.remove();
      ways.remove();
      form.replaceWith(end);
      document.getElementById("main").classList.add("is-finished");
      watchShare(end);
      showReveal(end);
      showRecord(end);
      end.querySelector("h2").focus({ preventScroll: true });
      const { top } = end.getBoundingClientRect();
      if (top < 0 || top > innerHeight / 2) end.scrollIntoView();
    }, isCalm ? 0 : REVEAL_MS);
  }

  const actions = {
    Enter: sendWords,
    Backspace: () => row.erase(),
    " ": () => row.step(1),
    ArrowLeft: () => row.nudge(-1),
    ArrowRight: () => row.nudge(1),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || ways.owns(event.target)) return;
    const isOwn = row.owns(event.target);
    const control = event.target.closest?.("a, button, summary, input, textarea");
    const letter = event.key.length === 1 ? plain(event.key) : "";
    // Keys that mean something to the control in focus are left to it; letters are always ours.
    const action = letter.length === 1 ? () => row.type(letter) : actions[event.key];
    if (!action || (control && !isOwn && letter.length !== 1)) return;
    event.preventDefault();
    action();
  }

  const keyboard = new Keyboard(board, {
    onLetter: (letter) => row.type(letter),
    onErase: () => row.erase(),
    onEnter: sendWords,
  });
  const ways = new Ways(board, { onChange: keep, onSend: (sentence) => send({ sentence }) });
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendWords();
  });
  document.addEventListener("keydown", onKey);
  const typed = [...form.querySelectorAll("input.letters")];
  const sent = state.found.map((_, i) => typed.find((input) => input.name === `word-${i}`)?.value);
  const hadMessage = message.textContent;
  const draft = readDraft();
  row.show(state, draft?.words ?? sent);
  ways.show(state, draft?.sentence);
  if (hadMessage) say(hadMessage);
  const isHelpOpen = document.querySelector("details.help").open;
  if (!isHelpOpen && matchMedia("(hover: hover) and (pointer: fine)").matches) row.focus();
}

watchHelp();
watchPictures();
if (form) startPlay();
else {
  watchShare(document.getElementById("end"));
  watchFilm();
}
