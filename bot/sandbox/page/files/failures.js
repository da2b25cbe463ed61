// What went wrong with presses, and how it is said.

/** What went wrong with a press, by message and block, until the message changes or a press succeeds. */
export const warnings = new Map();

/** Names what a person sees when a press did not reach the app. */
const FAILURES = {
  operation_timeout: "mcsync did not answer in time",
  dispatch_failed: "mcsync could not be reached",
};

export function describeFailure(error) {
  if (error === "no such button") return "The message has changed meanwhile: that button is gone.";
  return FAILURES[error] ? `${FAILURES[error]} (${error})` : error;
}

/** A card that changed has been heard of: what was wrong with a press on it is past. */
export function forgetWarnings(before, after) {
  const edits = new Map(before?.messages.map((one) => [one.ts, one.edits]));
  for (const message of after.messages) {
    if (edits.get(message.ts) === message.edits) continue;
    for (const key of warnings.keys()) if (key.startsWith(`${message.ts} `)) warnings.delete(key);
  }
}
