// What the page knows: the latest picture of each topic, who you are, and where you look.

export const state = {
  scene: {
    commands: [],
    emoji: {},
    zone: "UTC",
    about: "",
    faults: { modes: [], moments: [], slack_modes: [] },
  },
  slack: null,
  campaign: null,
  time: null,
  user: sessionStorage.getItem("user") ?? "U0SAM",
  place: sessionStorage.getItem("place") ?? "C0OPS",
  thread: null,
  dismissed: new Set(),
  seenByUser: new Map(),
};

/** What the browser's clock is off, in milliseconds. */
let skew = 0;

export function setMachineTime(milliseconds) {
  skew = milliseconds - Date.now();
}

/** Tells rule time in milliseconds. */
export function now() {
  return Date.now() + skew + (state.time?.offset_ms ?? 0);
}

/** Names the day that an instant, or now, is in for the person that you are. */
export function today(instant = now()) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: me()?.zone ?? "UTC" }).format(new Date(instant));
}

/** Returns the person that you are. */
export function me() {
  return state.slack?.people.find((one) => one.id === state.user);
}

export function remember(name, value) {
  state[name] = value;
  sessionStorage.setItem(name, value);
}

/** Says what a person is here for, as the channel's members would. */
export function roleOf(person) {
  if (person.is_stranger) return "another company";
  if (person.is_restricted) return "guest";
  const approves = Object.values(state.slack.groups).some((users) => users.includes(person.id));
  return approves ? "may approve" : "support";
}

/** Writes an instant in the sandbox's own zone, such as `05:52:10`. */
export function serverTime(instant, options = { hour: "2-digit", minute: "2-digit", second: "2-digit" }) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: state.scene.zone, ...options }).format(
    new Date(instant),
  );
}
