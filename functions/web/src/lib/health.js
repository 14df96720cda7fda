// What the answers of /healthz and /readyz mean for a person. Pure.
//
// Shape    an answer is {reached, status, body, ms}; a part is {name, state: "ok" | "wait" | "down", detail}. /readyz names its
//          parts in `checks` or `components`, as {name: "ok" | {status, detail}} or a list of {name, status}; what it calls missing
//          in `missing` is down.

const GOOD = ["ok", "ready", "up", "healthy", "pass", "true"];

export function partsOf({ alive, ready }) {
  const server = { name: "server", state: stateOf(alive), detail: alive.reached ? `${alive.ms} ms` : "" };
  const readiness = { name: "readiness", state: stateOf(ready), detail: ready.reached ? `${ready.ms} ms` : "" };
  return [server, readiness, ...namedParts(ready.body ?? {})];
}

function stateOf(answer) {
  return answer.reached && answer.status === 200 ? "ok" : "down";
}

function namedParts(body) {
  const named = body.checks ?? body.components ?? {};
  const listed = Array.isArray(named) ? named.map((part) => [part.name, part]) : Object.entries(named);
  const parts = listed.map(([name, part]) => ({ name, state: isGood(part) ? "ok" : "down", detail: detailOf(part) }));
  for (const name of Array.isArray(body.missing) ? body.missing : []) {
    if (!parts.some((part) => part.name === name)) parts.push({ name: String(name), state: "down", detail: "" });
  }
  return parts;
}

function isGood(part) {
  const status = part !== null && typeof part === "object" ? part.status ?? part.ok : part;
  return GOOD.includes(String(status).toLowerCase());
}

function detailOf(part) {
  if (typeof part === "string") return isGood(part) ? "" : part;
  const detail = part !== null && typeof part === "object" ? part.detail ?? part.message ?? part.position ?? "" : "";
  return typeof detail === "string" ? detail : "";
}

export function overall(parts) {
  if (parts.every((part) => part.state === "ok")) return "ok";
  if (parts.some((part) => part.name === "server" && part.state === "down")) return "down";
  return parts.some((part) => part.state === "down") ? "degraded" : "wait";
}
