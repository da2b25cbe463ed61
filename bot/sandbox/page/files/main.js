// The page: each picture that comes in is shown where it belongs.

import { byId } from "./dom.js";
import { state, setMachineTime, remember, today } from "./state.js";
import { follow } from "./server.js";
import { forgetWarnings } from "./failures.js";
import { announce, goTo, showMessages } from "./messages.js";
import { HOME, changePerson, openHome, showPeople, showPlaces } from "./places.js";
import { showHome, showModal } from "./views.js";
import { showClock, showTime } from "./clock.js";
import { showPanel } from "./panel.js";
import { composer } from "./composer.js";

const TICK_MS = 500;

function showSlack() {
  if (!state.slack || !state.time) return;
  if (!state.slack.people.some((one) => one.id === state.user)) remember("user", "U0SAM");
  showPlaces(go);
  showPeople(become);
  const isHome = state.place === HOME;
  byId("home").hidden = !isHome;
  byId("messages").hidden = isHome;
  byId("composer").hidden = isHome;
  if (isHome) showHome();
  showMessages();
  showModal();
  document.body.dataset.slack = state.slack.seq;
}

/** The first picture of Slack may come before the clock that its dates are read by. */
function showSlackOnce() {
  if (!byId("place-name").textContent) showSlack();
}

function go(place) {
  goTo(place);
  showSlack();
  const list = byId("messages");
  list.scrollTop = list.scrollHeight;
  if (place === HOME) openHome();
}

function become(user) {
  changePerson(user);
  showSlack();
  const list = byId("messages");
  list.scrollTop = list.scrollHeight;
  if (state.place === HOME) openHome();
}

const SHOWN = {
  scene: () => {
    byId("about").textContent = `${state.scene.scenario} · ${state.scene.about}`;
    document.dispatchEvent(new Event("commands"));
  },
  slack: showSlack,
  campaign: showPanel,
  time: () => {
    showTime();
    showPanel();
    showSlackOnce();
  },
};

let day = "";

/** A new day changes what "today" means in messages. */
function showMessagesOfToday() {
  if (!state.slack || day === today()) return;
  day = today();
  showSlack();
}

function seen(topic, picture, machineMs) {
  const before = state[topic];
  state[topic] = picture;
  if (topic === "slack") {
    forgetWarnings(before, picture);
    announce(before, picture);
  }
  setMachineTime(machineMs);
  SHOWN[topic]();
}

function showSide(side) {
  document.body.dataset.side = side;
  for (const button of document.querySelectorAll(".sides button"))
    button.setAttribute("aria-pressed", String(button.dataset.side === side));
}

byId("composer").append(...composer());
for (const button of document.querySelectorAll(".sides button"))
  button.addEventListener("click", () => showSide(button.dataset.side));
setInterval(() => {
  if (state.time) {
    showClock();
    showPanel();
    showMessagesOfToday();
  }
}, TICK_MS);
follow(["scene", "slack", "campaign", "time"], seen, (isLost) => {
  byId("lost").hidden = !isLost;
});
