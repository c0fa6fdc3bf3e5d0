import { type Endpoint, expose } from "comlink";
import { LabError, toErrorData } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import type { InitMessage, Service, StartMessage, Wire, WireCall, WireResult } from "./protocol";

/** Lets the other side of `endpoint` call the methods of `service`. Whatever they throw crosses as data. */
export function serve(service: Service, endpoint: Endpoint): void {
  const running = new Map<number, AbortController>();
  const wire: Wire = {
    async call(call) {
      const controller = new AbortController();
      running.set(call.id, controller);
      const result = await answer(service, call, controller.signal);
      running.delete(call.id);
      return result;
    },
    cancel: (id) => running.get(id)?.abort(),
  };
  expose(wire, endpoint);
}

async function answer(service: Service, call: WireCall, signal: AbortSignal): Promise<WireResult> {
  try {
    const method = Object.hasOwn(service, call.method) ? service[call.method] : undefined;
    if (!method) throw new LabError("rpc/no-method", `There is no method ${call.method}.`);
    const args = call.signalAt === null ? call.args : call.args.toSpliced(call.signalAt, 0, signal);
    return { ok: true, value: await method(...(args as never[])) };
  } catch (thrown) {
    return { ok: false, error: toErrorData(thrown) };
  }
}

/** Builds a worker's service from the options that its client sent; `report` tells the client how the building goes. */
export type BuildService<Options> = (
  options: Options,
  report: (preparation: Preparation) => void,
) => Service | Promise<Service>;

/** The whole body of a worker: waits for its client's options, builds the service, exposes it, says so. */
export function startWorker<Options>(build: BuildService<Options>): void {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  const say = (message: StartMessage) => scope.postMessage(message);
  const onInit = async ({ data }: MessageEvent<InitMessage>) => {
    if (data.rpc !== "init") return;
    scope.removeEventListener("message", onInit);
    try {
      const service = await build(data.options as Options, (preparation) => say({ rpc: "preparing", preparation }));
      serve(service, scope as unknown as Endpoint);
      say({ rpc: "ready" });
    } catch (thrown) {
      say({ rpc: "failed", error: toErrorData(thrown) });
    }
  };
  scope.addEventListener("message", onInit);
  say({ rpc: "listening" });
}
