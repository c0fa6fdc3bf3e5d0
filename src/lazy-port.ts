/** A port whose every method answers later. */
type AsyncPort<Port> = { readonly [Key in keyof Port]: (...args: never[]) => Promise<unknown> };

/** A port that is loaded when it is first asked for something; when loading fails, that call rejects and the next one loads anew. */
export function lazyPort<Port extends AsyncPort<Port>>(load: () => Promise<Port>): Port {
  let loading: Promise<Port> | undefined;
  const loaded = () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const call = (method: string | symbol) => {
    return async (...args: readonly unknown[]): Promise<unknown> => {
      const port = await loaded();
      const work: unknown = Reflect.get(port, method);
      return Reflect.apply(work as (...given: unknown[]) => unknown, port, args);
    };
  };
  // Without `then`, so that awaiting the port itself does not call it.
  return new Proxy({} as Port, { get: (_, method) => (method === "then" ? undefined : call(method)) });
}
