// Talking to the sandbox: one stream of pictures in, small orders out.

/** Sends an order; returns what came of it, `{ok: false, error}` where nothing did. */
export async function order(path, body = {}, method = "POST") {
  try {
    const answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: method === "DELETE" ? undefined : JSON.stringify(body),
    });
    const content = await answer.json();
    return answer.ok ? content : { ok: false, ...content };
  } catch {
    return { ok: false, error: "the sandbox does not answer" };
  }
}

/**
 * Follows the pictures of all topics, for as long as the page is open.
 * `seen(topic, picture, machineMs)` is called for each; `lost(isLost)` when the stream breaks and comes back.
 */
export function follow(topics, seen, lost) {
  const stream = new EventSource("live");
  for (const topic of topics) {
    stream.addEventListener(topic, (event) => {
      const { picture, machine_ms: machineMs } = JSON.parse(event.data);
      seen(topic, picture, machineMs);
    });
  }
  stream.onopen = () => lost(false);
  stream.onerror = () => lost(true);
}
