"""Numbers to ratios: one line for each figure that was promised, then the tables they come from."""
import json
import os
import platform
import statistics
import time


def surroundings():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown")
    return {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "cores": os.cpu_count(), "cpu": model, "kernel": platform.release(), "load": os.getloadavg()}


class Rest:
    """The kit's rows. CPU is the lowest and requests/s the highest of the passes, as in the kit's own tables: other work on the machine only makes them worse."""

    def __init__(self, rows):
        self.rows = rows

    def cells(self, peer, lane, connections):
        return [r for r in self.rows if r["kind"] == "load" and (r["peer"], r["lane"], r["c"]) == (peer, lane, connections)]

    def cpu(self, peer, lane):
        return min((r["cpu_us"] for r in self.cells(peer, lane, 32)), default=None)

    def rps(self, peer, lane):
        return max((r["rps"] for r in self.cells(peer, lane, 32)), default=None)

    def alone(self, peer, lane, key="p50_us"):
        return min((r[key] for r in self.cells(peer, lane, 1)), default=None)

    def bad(self):
        return [f"{r['peer']} {r['lane']} c={r['c']}: {r['e_status']} of {r['requests']}" for r in self.rows if r["kind"] == "load" and r["e_status"]]

    def notes(self):
        return [f"{r['peer']} {r['lane']}: {r['note'].strip().splitlines()[-1] if r['note'].strip() else ''}" for r in self.rows if r["kind"] == "note"]


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def unpromised(line):
    """The same figure where nothing was promised: without its verdict."""
    return line.rsplit("|", 2)[0] + "|"


def line(what, ours, other, wanted, met):
    """A figure: `wanted` is its promise in words, `met` None when something is missing."""
    verdict = "not measured" if met is None else "yes" if met else "**no**"
    return f"| {what} | {ours} | {other} | {wanted} | {verdict} |"


def ratio(a, b):
    return None if a is None or b is None or b == 0 else a / b


def most(what, ours, other, limit, unit, name):
    r = ratio(ours, other)
    return line(what, f"{number(ours)} {unit}", f"{name}: {number(other)} {unit}", f"≤ {limit} ×: {number(r)} ×", None if r is None else r <= limit)


def least(what, ours, other, limit, unit, name):
    r = ratio(ours, other)
    return line(what, f"{number(ours)} {unit}", f"{name}: {number(other)} {unit}", f"≥ {limit} ×: {number(r)} ×", None if r is None else r >= limit)


def absolute(what, value, unit, wanted, met):
    return line(what, f"{number(value)} {unit}", "-", wanted, None if value is None else met(value))


def rest_figures(rest, suffix):
    name = "Freshet" + suffix
    again, store = f"Freshet, one article again and again{suffix}", f"Freshet, list through the store{suffix}"
    empty = rest.cpu("empty 200" + suffix, "hello")
    p50 = rest.alone(name, "patch")
    return [
        most("CPU a request, list of 20", rest.cpu(name, "list"), empty, 1.5, "µs", "empty 200"),
        most("CPU a request, list not modified", rest.cpu(name, "notmod"), empty, 1.2, "µs", "empty 200"),
        most("CPU a request, one article again", rest.cpu(again, "one"), empty, 1.5, "µs", "empty 200"),
        least("requests/s, list of 20", rest.rps(name, "list"), rest.rps("Go +cache", "list"), 1, "/s", "Go with a cache"),
        least("requests/s, list of 20", rest.rps(name, "list"), rest.rps("Django +redis", "list"), 40, "/s", "Django + redis"),
        least("requests/s, list through the store", rest.rps(store, "one"), rest.rps("Go", "list"), 5, "/s", "Go without a cache"),
        least("PATCH/s, token and fsync, 32 connections", rest.rps(name, "patch"), rest.rps("Fastify", "patch"), 1, "/s", "Fastify + SQLite"),
        absolute("PATCH alone, p50", None if p50 is None else p50 / 1000, "ms", "≤ 1 ms", lambda v: v <= 1),
    ]


def timed_figures(parts, reuse):
    out = []
    rows = [r for r in parts.get("publish", {}).get("rows", []) if r["reuse"] == reuse]
    calls = [r["call_ms"] for r in rows]
    out.append(absolute("publishing 100 articles in one batch, median" + (f" (most {number(max(calls))})" if calls else ""), statistics.median(calls) if calls else None, "ms",
                        "≤ 250 ms", lambda v: v <= 250))
    row = next((r for r in parts.get("fanout", {}).get("rows", []) if r["reuse"] == reuse), None)
    whole = row is not None and row["missing"] == 0 and row["closed"] == 0
    out.append(absolute("PATCH to the bytes at 1,000 SSE sockets, p99" + (f" (p50 {number(row['delivery_ms']['p50'])}, {row['missing']} missing)" if row else ""),
                        row["delivery_ms"]["p99"] if row else None, "ms", "< 50 ms, none missing", lambda v: v < 50 and whole))
    return out


def rebuild_figures(parts):
    out = []
    for what, wanted in (("articles of two 2 KB translations", 2_000), ("small events", 30_000)):
        row = next((r for r in parts.get("rebuild", {}).get("rows", []) if r["what"] == what), None)
        extra = (f" ({row['events']:,} in {row['seconds']:.1f} s, {number(row['per_cpu_second'])} /s of CPU; wasmtime's start, {row['start_seconds']:.1f} s, is not in it)"
                 if row else "")
        out.append(absolute(f"store rebuilt in wasm, {what}{extra}", row["per_second"] if row else None, "/s", f"≥ {wanted:,} /s", lambda v, w=wanted: v >= w))
        extra = f" ({number(row['mib_most'])} MiB, {number(row['mib_quarter'])} for a quarter of the events)" if row else ""
        out.append(absolute(f"most memory of that rebuild beside one of a quarter{extra}", row["mib_ratio"] if row else None, "×", "flat: ≤ 1.2 ×", lambda v: v <= 1.2))
    return out


class StreamRows:
    """As the kit's tables: of several passes the lowest CPU and the highest rate."""

    def __init__(self, rows):
        self.rows = rows

    def _phases(self, peer, lane, clients, phase):
        of = [r["result"] for r in self.rows if (r["peer"], r["lane"], r["clients"]) == (peer, lane, clients)]
        return [p for result in of for p in result.get("phases", []) if p["name"] == phase]

    def cpu(self, peer, lane, clients):
        return min((p["server_cpu_us_per_delivery"] for p in self._phases(peer, lane, clients, "rate")), default=None)

    def most(self, peer, lane, clients):
        return max((p["deliveries_per_s"] for p in self._phases(peer, lane, clients, "max")), default=None)

    def lost(self):
        return sum(p["lost"] for r in self.rows for p in r["result"].get("phases", []))

    def idle(self, peer, lane, key):
        return next((r["result"][key] for r in self.rows if (r["peer"], r["lane"]) == (peer, f"{lane} idle")), None)


def stream_figures(rows):
    out = []
    for clients in sorted({r["clients"] for r in rows.rows if r["result"].get("phases")}):
        for lane in ("sse", "ws"):
            what = f"{lane}, {clients:,} clients"
            ours = rows.cpu("Freshet", lane, clients)
            out.append(most(f"CPU a delivery, {what}", ours, rows.cpu("limit", "sse", clients), 1.0, "µs", "limit"))
            out.append(most(f"CPU a delivery, {what}", ours, rows.cpu("limit+uring", "sse", clients), 1.3, "µs", "limit+uring"))
            out.append(most(f"CPU a delivery, {what}, epoll alone", rows.cpu("Freshet, epoll alone", lane, clients), rows.cpu("limit", "sse", clients), 1.2, "µs", "limit"))
            out.append(least(f"deliveries/s at most, {what}", rows.most("Freshet", lane, clients), rows.most("limit+batch", "sse", clients), 0.8, "/s", "limit+batch"))
    out.append(absolute("deliveries lost, all rows", rows.lost(), "", "0", lambda v: v == 0))
    for lane, bytes_max in (("sse", 512), ("ws", 768)):
        out.append(absolute(f"memory of an idle connection, {lane}", rows.idle("Freshet", lane, "pss_per_conn"), "B", f"≤ {bytes_max} B", lambda v, m=bytes_max: v <= m))
        out.append(least(f"connects/s, {lane}", rows.idle("Freshet", lane, "connects_per_s"), rows.idle("limit", "sse", "connects_per_s"), 0.7, "/s", "limit"))
    return out


def recovery_figures(rows):
    of = lambda what: [r for r in rows if r["what"] == what]  # noqa: E731
    out = []
    for r in of("cut"):
        out.append(absolute(f"{r['clients']:,} clients cut at once by kill -9 of the broker, until all are complete ({r['complete']:,} are)", r["seconds"], "s", "≤ 10 s, all",
                            lambda v, r=r: v <= 10 and r["complete"] == r["clients"]))
    for r in of("resume"):
        out.append(absolute(f"1,000 missed events for one client, from the {r['from']}, p99 of {r['rounds']} (p50 {number(r['p50_ms'])})", r["p99_ms"], "ms", "< 100 ms", lambda v: v < 100))
    p99 = lambda reading: [r["p99_ms"] for r in of("beside") if r["reading"] == reading]  # noqa: E731
    if p99(True):
        row = of("beside")[0]
        out.append(most(f"p99 of {row['clients']:,} clients beside {row['others']:,} stalled ones, median of {len(p99(False))}", statistics.median(p99(False)), statistics.median(p99(True)), 1.1,
                        "ms", "beside as many that read"))
    return out


def stream_table(rows):
    out = ["| peer | transport | clients | CPU µs a delivery at 20,000/s | deliveries/s at most |", "|---|---|---|---|---|"]
    for peer, lane, clients in dict.fromkeys((r["peer"], r["lane"], r["clients"]) for r in rows.rows if r["result"].get("phases")):
        out.append(f"| {peer} | {lane} | {clients:,} | {number(rows.cpu(peer, lane, clients))} | {number(rows.most(peer, lane, clients))} |")
    return out


def table(rest):
    peers = list(dict.fromkeys(r["peer"] for r in rest.rows if r["kind"] == "load"))
    lanes = [("hello", "empty"), ("list", "list"), ("notmod", "304"), ("one", "one"), ("patch", "PATCH")]
    out = ["| | " + " | ".join(f"{title}: µs of CPU, /s at 32, p50 µs alone" for _, title in lanes) + " |", "|---|" + "---|" * len(lanes)]
    for peer in peers:
        cells = []
        for lane, _ in lanes:
            cells.append("-" if rest.cpu(peer, lane) is None else f"{number(rest.cpu(peer, lane))}, {number(rest.rps(peer, lane))}, {number(rest.alone(peer, lane))}")
        out.append(f"| {peer} | " + " | ".join(cells) + " |")
    return out


def write(folder):
    parts = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    rest = Rest(parts.get("rest", {}).get("rows", []))
    head = ["| figure | Freshet | beside it | promised: measured | met |", "|---|---|---|---|---|"]
    out = ["# Results of tests/bench/run", "",
           "Written by `tests/bench/run`; how each is measured is in README.md. Only the ratios mean something on another machine: everything in a section was measured in one run.", ""]
    out += ["## With instance reuse", "", *head, *rest_figures(rest, ""), *timed_figures(parts, "on"), ""]
    out += ["## Without instance reuse (each request a new instance with its own NATS connection)", "",
            "The promises are made for reuse. The same figures without it:", "", *map(unpromised, head), *map(unpromised, [*rest_figures(rest, ", no reuse"), *timed_figures(parts, "off")]), ""]
    out += ["## The read model from zero", "", *head, *rebuild_figures(parts), ""]
    streams = StreamRows(parts.get("streams", {}).get("rows", []))
    if streams.rows:
        out += ["## Streams", "", "The broker with one loop beside the bare server of the fan-out kit (`limit`: a `send()` for each socket, one thread, no routing, no history).", "",
                *head, *stream_figures(streams), "", *stream_table(streams), ""]
    recovery = parts.get("recovery", {}).get("rows", [])
    if recovery:
        out += ["## Bad moments", "", *head, *recovery_figures(recovery), ""]
    if rest.rows:
        out += ["## All REST rows", "", "20,000 articles in two languages; PATCH with a token and an fsync.", "", *table(rest), ""]
        if rest.bad():
            out += ["Answers that were neither 2xx nor 3xx: " + "; ".join(rest.bad()), ""]
        if rest.notes():
            out += ["Left out: " + "; ".join(rest.notes()), ""]
    out += ["## Where and when", ""]
    for name, part in parts.items():
        s = part["surroundings"]
        out.append(f"- {name}: {s['at']}, {s['cores']} cores, {s['cpu']}, Linux {s['kernel']}, load {', '.join(f'{x:.1f}' for x in s['load'])} before it began"
                   + (" (quick run: shorter, less certain)" if part["quick"] else ""))
    return "\n".join(out) + "\n"
