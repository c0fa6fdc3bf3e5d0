import { afterEach, expect, it, vi } from "vitest";
import { deferred } from "../../core/deferred";
import { LabError } from "../../core/errors";
import { connectRealmHost, type RealmHost, serveRealmHost } from "./realm-host";

afterEach(() => void vi.useRealTimers());

/** A worker's view of `host`, and the window's end of the link. */
function link(host: RealmHost) {
  const { port1, port2 } = new MessageChannel();
  serveRealmHost(host, port1);
  return { remote: connectRealmHost(port2), close: () => port1.close() };
}

it("hands a port through, and closes on demand", async () => {
  const closed = deferred<string>();
  const { port1, port2 } = new MessageChannel();
  const { remote, close } = link({
    openRealmPort: async (language) => {
      expect(language).toBe("javascript");
      return port2;
    },
    closeRealm: (language) => closed.resolve(language),
  });
  const port = await remote.openRealmPort("javascript");
  const heard = new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });
  port1.postMessage("hello");
  expect(await heard).toBe("hello");
  remote.closeRealm("javascript");
  expect(await closed.promise).toBe("javascript");
  for (const one of [port, port1]) one.close();
  close();
});

it("carries an error with its code", async () => {
  const error = new LabError("sandbox/no-frame", "No page.", "Reload.");
  const { remote, close } = link({ openRealmPort: () => Promise.reject(error), closeRealm() {} });
  await expect(remote.openRealmPort("javascript")).rejects.toMatchObject({ code: "sandbox/no-frame", hint: "Reload." });
  close();
});

it("times out when the window is gone", async () => {
  vi.useFakeTimers();
  const { port1, port2 } = new MessageChannel();
  const asked = expect(connectRealmHost(port2).openRealmPort("javascript")).rejects.toMatchObject({
    code: "sandbox/no-frame",
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await asked;
  port1.close();
});
