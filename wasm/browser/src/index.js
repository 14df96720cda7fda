// The JavaScript SDK of Freshet. What each name promises: ../index.d.ts, ../README.md.
export { CHANNELS, connect } from "./client.js";
export { covers, parsePosition } from "./position.js";
export { Problem, Unreachable, retryAfterMs } from "./problem.js";
export { newKey } from "./rest.js";
export { Session, SessionOver } from "./session.js";
