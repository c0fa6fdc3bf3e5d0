import { LabError } from "../core/errors";
import type { ReadOptions } from "./read-options";

/** What a request needs to know of a reading. */
export type RequestOptions = Pick<ReadOptions, "fetch" | "signal">;

/**
 * Fetches an address.
 * @throws LabError `input/unreachable` when no answer comes or may be read, `input/http` when it says no; the reason of
 * `signal`.
 */
export async function request(
  url: string,
  options: RequestOptions,
  headers?: Record<string, string>,
): Promise<Response> {
  const { signal } = options;
  const response = await broken(url, options, () =>
    (options.fetch ?? fetch)(url, { ...(signal ? { signal } : {}), ...(headers ? { headers } : {}) }),
  );
  if (!response.ok) throw refusal(url, response);
  return response;
}

/** Awaits something that needs the network; see {@link request}. */
export async function broken<T>(url: string, { signal }: RequestOptions, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof LabError) throw thrown;
    throw new LabError(
      "input/unreachable",
      `${new URL(url).host} cannot be read from here: it did not answer, the connection broke, or it does not let other ` +
        "pages read it (CORS).",
      "Download the file and drop it here.",
      { cause: thrown },
    );
  }
}

function refusal(url: string, { status }: Response): LabError {
  const { host, pathname } = new URL(url);
  const [sentence, hint] = {
    401: [`${host} wants a login for ${pathname}.`, "Download the file and drop it here."],
    403: [`${host} does not hand out ${pathname}.`, "Download the file and drop it here."],
    404: [`There is nothing at ${url}.`, "Check the address."],
    429: [`${host} has had too many requests.`, "Wait a minute and try again."],
  }[status] ?? [
    `${host} answered with the error ${status}.`,
    "Try again later, or download the file and drop it here.",
  ];
  return new LabError("input/http", sentence ?? "", hint);
}
