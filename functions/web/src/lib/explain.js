// What went wrong, for a person: the message key and its params.
import { Problem, Unreachable } from "./freshet.js";

/// The message key and params that tell a person what went wrong.
export function explain(error) {
  if (error instanceof Unreachable) return ["error.unreachable"];
  if (!(error instanceof Problem)) return ["error.unexpected"];
  if (error.status === 429) return ["error.tooMany", { seconds: Math.ceil((error.retryAfterMs ?? 1000) / 1000) }];
  if (error.status === 503 || error.status === 502 || error.status === 504) return ["error.unavailable"];
  if (error.status === 401) return ["error.login"];
  if (error.status === 403) return ["error.forbidden"];
  if (error.status === 404) return ["error.notFound"];
  if (error.status === 413) return ["error.tooLarge"];
  return ["error.refused", { detail: error.message }];
}
