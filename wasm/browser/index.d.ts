// Types of freshet-client.

/** A place in the log: `<epoch>-<sequence>`. */
export type Position = string;

export interface ConnectionState {
  /** `degraded`: the server's log is away, or only polling gets through: changes come, but late. */
  name: "connecting" | "live" | "catching-up" | "offline-since" | "degraded";
  /** Milliseconds since 1970; only with `offline-since`. */
  since: number | null;
}

export interface ChannelEvent<Data = Record<string, unknown>> {
  type: string;
  data: Data;
  /** Null where an event belongs to its moment alone (somebody is typing). */
  position: Position | null;
}

/** Addresses at the origin. Those that are given are tried in this order: socket, sse, list (by polling). */
export interface Channel {
  socket?: string;
  sse?: string;
  /** A REST list whose ETag changes with everything the channel tells. */
  list?: string;
  /** Streams are opened with a ticket. */
  login?: boolean;
  /** Keeps channels apart that must not share a connection, for instance of two users. */
  key?: string;
}

export type ChannelName = "articles-en" | "articles-th" | "courses";
export declare const CHANNELS: Readonly<Record<ChannelName, Channel>>;

export interface Tokens {
  access(): Promise<string>;
  /** Another token than `refused`. */
  renew(refused?: string | null): Promise<string>;
}

export interface ConnectOptions {
  /** Default: the page's own. */
  origin?: string;
  token?: string | ((refused: string | null) => Promise<string>) | Tokens | null;
  /** Default: asked from `/api/stream-ticket/` with the token. */
  ticket?: (() => Promise<string>) | null;
}

export type ResetReason = string;

export interface SubscribeOptions<Data> {
  /** Everything after it is delivered, in order and once. Null: from now on. */
  since?: Position | null;
  onEvent(event: ChannelEvent<Data>): void;
  onState?(state: ConnectionState): void;
  /** What lies before `position` cannot be told event by event: load a snapshot that is at least as new. */
  onReset?(position: Position | null, reason: ResetReason): void;
  onError?(error: unknown): void;
}

export interface Subscription {
  readonly position: Position | null;
  /** Whether this tab holds the connection for all tabs. */
  readonly isLeader: boolean;
  stop(): void;
}

export interface Snapshot {
  /** `Answer.position` of the read it came from; null when there is none. */
  position: Position | null;
}

export interface FollowOptions<S extends Snapshot, Data> {
  load(options: { minPosition: Position | null; signal: AbortSignal }): Promise<S>;
  show(snapshot: S): void;
  apply(event: ChannelEvent<Data>): void;
  onState?(state: ConnectionState): void;
  onError?(error: unknown): void;
}

export interface Feed {
  reload(options?: { minPosition?: Position | null }): Promise<void>;
  stop(): void;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  json?: unknown;
  auth?: "none" | "user";
  ifMatch?: string | null;
  ifNoneMatch?: string | null;
  idempotencyKey?: string | null;
  minPosition?: Position | null;
  keepalive?: boolean;
  signal?: AbortSignal;
}

export interface Answer<Body> {
  status: number;
  /** Null with 204 and 304. */
  body: Body;
  etag: string | null;
  position: Position | null;
}

export interface Client {
  /** The furthest place in the log that was written or heard; every read asks for at least that. */
  readonly seen: Position | null;
  request<Body = unknown>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, options?: RequestOptions): Promise<Answer<Body>>;
  subscribe<Data = Record<string, unknown>>(channel: ChannelName | Channel, options: SubscribeOptions<Data>): Subscription;
  /** A snapshot and what comes after it, without a gap and without a repeat. */
  follow<S extends Snapshot, Data = Record<string, unknown>>(channel: ChannelName | Channel, options: FollowOptions<S, Data>): Feed;
}

export declare function connect(options?: ConnectOptions): Client;

export interface Profile {
  id: string;
  username: string;
  name: string;
  is_staff: boolean;
  groups: { id: string; name: string }[];
}

/** A login that survives reloads and is shared by tabs. Hand it to connect() as `token`. */
export declare class Session implements Tokens {
  constructor(options?: { origin?: string; name?: string });
  user(): Profile | null;
  onChange(listener: (user: Profile | null) => void): () => void;
  login(username: string, password: string): Promise<Profile>;
  refreshProfile(): Promise<Profile>;
  logout(): Promise<void>;
  access(): Promise<string>;
  renew(refused?: string | null): Promise<string>;
}

/** The server answered with an error (RFC 9457). */
export declare class Problem extends Error {
  constructor(body: { status: number; type?: string; title?: string; detail?: string; errors?: Record<string, string[]> }, retryAfterMs?: number | null);
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: Record<string, string[]>;
  readonly retryAfterMs: number | null;
}

/** The login is over. */
export declare class SessionOver extends Problem {
  constructor();
}

/** The server did not answer. */
export declare class Unreachable extends Error {
  constructor(cause: unknown);
}

export declare function retryAfterMs(headers: Headers): number | null;
/** For `Idempotency-Key`. */
export declare function newKey(): string;
export declare function parsePosition(text: string | null | undefined): { epoch: string; sequence: bigint } | null;
/** True when what is at `snapshot` already contains `event`. */
export declare function covers(snapshot: Position | null, event: Position | null): boolean;
