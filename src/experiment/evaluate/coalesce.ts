import type { PolicyModel, SampleRequest, SampleResult } from "../../ports/policy-model";

interface Call {
  readonly requests: readonly SampleRequest[];
  readonly resolve: (results: readonly SampleResult[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Joins the calls of runs that go on at the same time into common batches: what is asked while a batch is being drawn waits and goes
 * together. By the port's contract a request gets the same completions whatever else is in its batch. Signals are not
 * passed on, because a batch belongs to several runs.
 */
export function coalesce(policy: PolicyModel): PolicyModel {
  let waiting: Call[] = [];
  let drawing = false;

  const drawBatch = async (): Promise<void> => {
    const calls = waiting;
    waiting = [];
    try {
      const results = await policy.sample(calls.flatMap(({ requests }) => requests));
      let from = 0;
      for (const { requests, resolve } of calls) {
        resolve(results.slice(from, from + requests.length));
        from += requests.length;
      }
    } catch (thrown) {
      for (const { reject } of calls) reject(thrown);
    }
  };

  const drawAll = async (): Promise<void> => {
    drawing = true;
    // A task later every run that can go on has asked.
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (waiting.length > 0) {
      await drawBatch();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    drawing = false;
  };

  return {
    info: policy.info,
    sample: (requests) =>
      new Promise((resolve, reject) => {
        waiting.push({ requests, resolve, reject });
        if (!drawing) void drawAll();
      }),
  };
}
