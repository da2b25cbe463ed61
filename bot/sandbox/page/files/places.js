// Where you are and who you are: the conversations, and the switch of people.

import { h, byId, fill, showList } from "./dom.js";
import { state, me, remember, roleOf } from "./state.js";
import { avatar } from "./author.js";
import { goTo } from "./messages.js";
import { order } from "./server.js";

export const HOME = "home";

/** Returns the conversations of the person that you are. */
function places() {
  const own = state.slack.channels.filter((one) => one.members.includes(state.user));
  const channels = own
    .filter((one) => !one.id.startsWith("D"))
    .map((one) => ({ id: one.id, sign: one.is_private ? "🔒" : "#", name: one.name }));
  const direct = own.find((one) => one.id.startsWith("D"));
  const app = state.slack.app.name;
  return [
    { title: "Channels", places: channels },
    {
      title: "Apps",
      places: [
        ...(state.slack.app.has_home ? [{ id: HOME, sign: "⌂", name: `${app} Home` }] : []),
        ...(direct ? [{ id: direct.id, sign: "✉", name: `${app} messages` }] : []),
      ],
    },
  ];
}

export function showPlaces(go) {
  const groups = places();
  const known = groups.flatMap((group) => group.places);
  if (!known.some((one) => one.id === state.place)) goTo(known[0]?.id ?? HOME);
  fill(
    byId("places"),
    h("p", { class: "workspace" }, "Sandbox"),
    groups.map((group) =>
      h(
        "div",
        { class: "place-group" },
        h("h2", {}, group.title),
        h(
          "ul",
          {},
          group.places.map((place) =>
            h(
              "li",
              {},
              h(
                "button",
                {
                  type: "button",
                  "data-focus": `place:${place.id}`,
                  "aria-current": place.id === state.place ? "page" : null,
                  on: { click: () => go(place.id) },
                },
                h("span", { class: "sign", "aria-hidden": "true" }, place.sign),
                place.name,
              ),
            ),
          ),
        ),
      ),
    ),
  );
  const here = known.find((one) => one.id === state.place);
  byId("place-name").textContent = here ? `${here.sign} ${here.name}` : "";
}

/** Returns how much was said to a person alone. */
function whispers(user) {
  return (
    state.slack.ephemerals.filter((one) => one.user === user).length +
    state.slack.modals.filter((one) => one.user === user).length
  );
}

export function showPeople(become) {
  state.seenByUser.set(state.user, whispers(state.user));
  const cast = state.slack.people.filter((one) => !one.deleted);
  const list =
    byId("people").querySelector(".cast") ?? byId("people").appendChild(h("div", { class: "cast" }));
  showList(
    list,
    cast.map((person) => {
      const isMe = person.id === state.user;
      const hasNews = !isMe && whispers(person.id) > (state.seenByUser.get(person.id) ?? 0);
      return {
        key: person.id,
        signature: JSON.stringify([person, isMe, hasNews, state.slack.groups]),
        draw: () =>
          h(
            "label",
            {
              class: `person ${isMe ? "chosen" : ""}`,
              title: `${person.real_name}, ${roleOf(person)}; ${person.zone}`,
            },
            h("input", {
              type: "radio",
              name: "who",
              value: person.id,
              checked: isMe,
              "data-focus": `who:${person.id}`,
              on: { change: () => become(person.id) },
            }),
            avatar(person.id),
            h(
              "span",
              {},
              h("strong", {}, person.real_name.split(" ")[0]),
              h("span", { class: "note" }, roleOf(person)),
            ),
            hasNews
              ? h("span", { class: "news", role: "img", "aria-label": "was told something alone" }, "•")
              : null,
          ),
      };
    }),
  );
}

export function changePerson(user) {
  remember("user", user);
  state.thread = null;
}

/** Tells the app that its Home tab was opened, as Slack does each time. */
export function openHome() {
  return order("slack/event", { type: "app_home_opened", user: me().id, tab: "home" });
}
