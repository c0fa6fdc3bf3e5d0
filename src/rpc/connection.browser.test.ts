import { afterEach, describe, expect, it, vi } from "vitest";
import { LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import { Connection, type Service, serve } from "./connection";
import type { FixtureService } from "./fixture.worker";
import { receiveStream } from "./stream";
import { type SpawnedWorker, type SpawnOptions, spawn } from "./worker";

const spawned: SpawnedWorker<FixtureService>[] = [];

async function start(options: Partial<SpawnOptions> = {}): Promise<SpawnedWorker<FixtureService>> {
  const worker = await spawn<FixtureService>(
    () => new Worker(new URL("./fixture.worker.ts", import.meta.url), { type: "module" }),
    { name: "The fixture", ...options },
  );
  spawned.push(worker);
  return worker;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`resolved with ${value}`),
    (reason: unknown) => reason,
  );
}

const withCode = (code: string) => expect.objectContaining({ name: "LabError", code });

afterEach(() => {
  for (const worker of spawned.splice(0)) worker.dispose();
});

describe("starting a worker", () => {
  it("answers calls once its service is built, and reports how the building goes", async () => {
    const seen: Preparation[] = [];
    const { connection } = await start({ onPreparation: (preparation) => seen.push(preparation) });
    expect(seen).toEqual([{ message: "Building", fraction: 0.5 }]);
    expect(await connection.call("double", [21])).toBe(42);
  });

  it("rejects with the builder's own error", async () => {
    const error = await rejection(start({ init: { refuse: true } }));
    expect(error).toEqual(withCode("model/weights"));
    expect((error as LabError).hint).toBe("Download them again.");
  });

  it("rejects when the builder never ends", async () => {
    expect(await rejection(start({ init: { never: true }, readyTimeoutMs: 300 }))).toEqual(withCode("rpc/timeout"));
  });

  it("gives up when its signal fires before the start is over", async () => {
    const controller = new AbortController();
    const starting = rejection(start({ init: { never: true }, signal: controller.signal }));
    const reason = new Error("changed my mind");
    controller.abort(reason);
    expect(await starting).toBe(reason);
    expect(await rejection(start({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it("rejects when the script does not load", async () => {
    const missing = () => new Worker("/no-such-script.js", { type: "module" });
    expect(await rejection(spawn(missing, { name: "Nobody" }))).toEqual(withCode("rpc/died"));
  });
});

describe("a call", () => {
  it("rejects with the code, message and hint that the worker threw", async () => {
    const { connection } = await start();
    const error = await rejection(connection.call("fail", []));
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ code: "model/context", message: "The prompt is too long.", hint: "Shorten it." });
  });

  it("rejects when its result cannot cross", async () => {
    const { connection } = await start();
    expect(await rejection(connection.call("unclonable", []))).toEqual(withCode("rpc/failed"));
    expect(await connection.call("double", [1])).toBe(2);
  });

  it("rejects when an argument cannot cross", async () => {
    const { connection } = await start();
    expect(await rejection(connection.call("double", [(() => {}) as never]))).toEqual(withCode("rpc/failed"));
    expect(await connection.call("double", [1])).toBe(2);
  });

  it("rejects when there is no such method, whatever objects inherit", async () => {
    const { connection } = await start();
    expect(await rejection(connection.call("missing" as never, [] as never))).toEqual(withCode("rpc/no-method"));
    expect(await rejection(connection.call("toString" as never, [] as never))).toEqual(withCode("rpc/no-method"));
  });

  it("times out, and the worker stays usable", async () => {
    const { connection } = await start();
    expect(await rejection(connection.call("hang", [], { timeoutMs: 50 }))).toEqual(withCode("rpc/timeout"));
    expect(await connection.call("double", [2])).toBe(4);
  });

  it("rejects at once on abort with the signal's reason, and aborts the other side's signal", async () => {
    const { connection } = await start();
    const controller = new AbortController();
    const pending = rejection(connection.call("abortable", ["x", controller.signal]));
    const reason = new Error("changed my mind");
    controller.abort(reason);
    expect(await pending).toBe(reason);
    // The news goes by a port of its own, which a later call may overtake.
    await expect.poll(() => connection.call("aborts", [])).toBe(1);
  });

  it("does not start with a signal that has fired", async () => {
    const { connection } = await start();
    const reason = new Error("too late");
    expect(await rejection(connection.call("untilAborted", [AbortSignal.abort(reason)]))).toBe(reason);
  });
});

describe("the port of a call's abort signal", () => {
  const services: Record<string, Service[string]> = {
    answer: (_: AbortSignal) => 42,
    refuse: (_: AbortSignal) => {
      throw new LabError("model/context", "The prompt is too long.");
    },
    unclonable: (_: AbortSignal) => () => {},
    hang: (_: AbortSignal) => new Promise<never>(() => {}),
  };

  /** The ports of all connections made here: Comlink closes one when nobody holds its connection any more, at any time. */
  const connected = new Set<unknown>();

  /** A service in the window itself: the ports of calls are made and closed here, where they can be counted. */
  function startHere() {
    const { port1, port2 } = new MessageChannel();
    connected.add(port1).add(port2);
    const close = vi.spyOn(MessagePort.prototype, "close");
    const fired: string[] = [];
    const watched = Object.entries(services).map(([name, method]) => {
      const watch = (signal: AbortSignal) => {
        signal.addEventListener("abort", () => fired.push(name));
        return method(signal as never);
      };
      return [name, watch] as const;
    });
    serve(Object.fromEntries(watched), port2);
    const connection = new Connection<Record<string, (signal: AbortSignal) => unknown>>(port1, "The service");
    /** How many ports were closed besides those of connections. */
    const closed = () => new Set(close.mock.contexts.filter((port) => !connected.has(port))).size;
    return { connection, closed, fired };
  }

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(["answer", "refuse", "unclonable"])(
    "is closed when the call has ended (%s), and nothing fires",
    async (method) => {
      const { connection, closed, fired } = startHere();
      const controller = new AbortController();
      await connection.call(method, [controller.signal]).catch(() => {});
      expect(closed()).toBe(1);
      controller.abort();
      await connection.call("answer", [new AbortController().signal]);
      expect(closed()).toBe(2);
      expect(fired).toEqual([]);
    },
  );

  it("is closed when the call is aborted, and the signal fires all the same", async () => {
    const { connection, closed, fired } = startHere();
    const controller = new AbortController();
    const pending = rejection(connection.call("hang", [controller.signal]));
    expect(closed()).toBe(0);
    controller.abort();
    await pending;
    await expect.poll(() => fired).toEqual(["hang"]);
    expect(closed()).toBe(1);
  });

  it("is closed when the call is late, and the signal fires all the same", async () => {
    const { connection, closed, fired } = startHere();
    const signal = new AbortController().signal;
    expect(await rejection(connection.call("hang", [signal], { timeoutMs: 50 }))).toEqual(withCode("rpc/timeout"));
    await expect.poll(() => fired).toEqual(["hang"]);
    expect(closed()).toBe(1);
  });

  it("is closed when the connection is", async () => {
    const { connection, closed } = startHere();
    const pending = rejection(connection.call("hang", [new AbortController().signal]));
    connection.close(new LabError("rpc/disposed", "Enough."));
    expect(await pending).toEqual(withCode("rpc/disposed"));
    expect(closed()).toBe(1);
  });
});

describe("a port into a worker", () => {
  it("carries calls until its connection is closed", async () => {
    const { connection } = await start();
    const { port1, port2 } = new MessageChannel();
    await connection.call("connect", [port2], { transfer: [port2] });
    const overPort = new Connection<FixtureService>(port1, "The fixture, by port");
    expect(await overPort.call("double", [4])).toBe(8);
    const pending = rejection(overPort.call("hang", []));
    overPort.close(new LabError("rpc/disposed", "Enough."));
    expect(await pending).toEqual(withCode("rpc/disposed"));
    expect(await connection.call("double", [4])).toBe(8);
  });
});

describe("a worker that is gone", () => {
  it("rejects every pending and later call when it dies", async () => {
    const { connection } = await start();
    const pending = rejection(connection.call("hang", []));
    expect(await rejection(connection.call("die", []))).toEqual(withCode("rpc/died"));
    expect(await pending).toEqual(withCode("rpc/died"));
    expect(await rejection(connection.call("double", [1]))).toEqual(withCode("rpc/died"));
    expect(await connection.closed).toEqual(withCode("rpc/died"));
  });

  it("rejects pending calls when it is disposed", async () => {
    const { connection, dispose } = await start();
    const pending = rejection(connection.call("hang", []));
    dispose();
    expect(await pending).toEqual(withCode("rpc/disposed"));
  });
});

describe("a stream", () => {
  async function collect(method: "count" | "countThenFail" | "countThenDie", to: number) {
    const { connection } = await start();
    const { port1, port2 } = new MessageChannel();
    await connection.call(method, [to, port2], { transfer: [port2] });
    const stream = receiveStream<number, string>(port1, connection.closed);
    const batches: (readonly number[])[] = [];
    try {
      let next = await stream.next();
      for (; !next.done; next = await stream.next()) batches.push(next.value);
      return { batches, result: next.value, thrown: null };
    } catch (thrown) {
      return { batches, result: null, thrown };
    }
  }

  it("brings every item, in order, in few batches, and what the source returned", async () => {
    const { batches, result, thrown } = await collect("count", 1000);
    expect(batches.flat()).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(batches.length).toBe(Math.ceil(1000 / 64));
    expect(thrown).toBe(null);
    expect(result).toBe("counted");
  });

  it("throws what the source threw, after what came before", async () => {
    const { batches, thrown } = await collect("countThenFail", 3);
    expect(batches.flat()).toEqual([0, 1, 2]);
    expect(thrown).toMatchObject({ code: "model/gone", message: "Enough." });
  });

  it("ends with an error when the sender dies", async () => {
    const { batches, thrown } = await collect("countThenDie", 3);
    expect(batches.flat()).toEqual([0, 1, 2]);
    expect(thrown).toMatchObject({ code: "rpc/died" });
  });
});
