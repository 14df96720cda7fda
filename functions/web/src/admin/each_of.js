// Where the API has no call for many: one after another, a few at a time. What fails is told after the rest is done.
import { covers } from "../lib/freshet.js";

const AT_ONCE = 4;

/// The furthest answer of all; the first failure is thrown when none is left to do.
export async function eachOf(items, call) {
  const queue = [...items];
  let last = { position: null }, failure = null;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      try {
        const answer = await call(item);
        last = further(last, answer);
      } catch (error) {
        failure ??= error;
      }
    }
  }));
  if (failure) throw failure;
  return last;
}

function further(one, other) {
  return covers(one.position, other.position) ? one : other;
}
