// What a TypeScript user writes, and what the types must refuse. Compiled by unit/types.test.mjs, never run.
import { type Client, type ConnectionState, Problem, Session, type Subscription, connect, covers } from "freshet-client";

interface Course { id: string; slug: string; title: string }
interface CourseEvent { type: "course_created" | "course_updated" | "course_deleted"; course: Course }
interface Page<Item> { count: number; results: Item[] }

const session = new Session();
const client: Client = connect({ origin: "https://example.org", token: session });
connect({ token: async (refused: string | null) => refused ?? "token", ticket: async () => "ticket" });

const subscription: Subscription = client.subscribe<CourseEvent>("courses", {
  since: "abcd1234-7",
  onEvent: ({ type, data, position }) => console.log(type, data.course.title, covers(position, "abcd1234-8")),
  onState: (state: ConnectionState) => {
    if (state.name === "offline-since") console.log(new Date(state.since ?? 0));
    // @ts-expect-error there is no such state
    if (state.name === "offline") return;
  },
  onReset: (position, reason) => console.log(position?.length, reason.length),
});
subscription.stop();

client.follow("articles-th", {
  load: async ({ minPosition, signal }) => {
    const { body, position } = await client.request<Page<Course>>("GET", "/api/courses/", { query: { page_size: 100 }, minPosition, signal });
    return { courses: body.results, position };
  },
  show: ({ courses }) => console.log(courses.map((course) => course.title)),
  apply: ({ data }) => console.log(data.type),
});
client.subscribe({ socket: "/ws/notifications/", login: true, key: "user 7" }, { onEvent() {} });

// @ts-expect-error a channel is known by name or described
client.subscribe("weather", { onEvent() {} });
// @ts-expect-error a snapshot carries its position
client.follow("courses", { load: async () => ({ courses: [] }), show() {}, apply() {} });
// @ts-expect-error a method of HTTP
void client.request("FETCH", "/");

try {
  await session.login("name", "password");
} catch (error) {
  if (error instanceof Problem && error.status === 401) console.log(error.errors["username"]?.[0]);
}
