// The one door to the server: the SDK (wasm/browser), with the login of this site. Nothing else here speaks to the network.
import { Session, connect } from "../../../../wasm/browser/src/index.js";

export { Problem, Unreachable, covers, newKey } from "../../../../wasm/browser/src/index.js";

export const session = new Session();
export const freshet = connect({ token: session });
