/**
 * How an OpenAI-compatible endpoint is to be used; no part of it belongs in a specification, a link, an export or a
 * log.
 */
export interface EndpointSettings {
  readonly apiKey?: string;
  /**
   * Requests that may be under way at once, at least 1. A browser opens six connections to a server at most, unless it
   * speaks HTTP/2.
   */
  readonly parallelRequests?: number;
  /** Tokens of prompt and completion together, where the server does not tell. */
  readonly contextLength?: number;
  /** Address of a relay that sends in the place of the browser, with a slash at its end. */
  readonly relay?: string;
}

/** A model that an endpoint lists. */
export interface EndpointModel {
  /** As the endpoint wants it named. */
  readonly id: string;
  /** Tokens of prompt and completion together; null when the endpoint does not tell. */
  readonly contextLength: number | null;
}

/** Asks endpoints what they serve. */
export interface EndpointProbe {
  /**
   * The models that the endpoint lists, possibly none.
   * @throws LabError `model/*`: why it cannot be used, with what to do.
   */
  models(baseUrl: string, apiKey: string | null, signal?: AbortSignal): Promise<readonly EndpointModel[]>;
}

/** The keys of endpoints, by base URL: in memory, and in this browser only where the person asked for it. */
export interface EndpointKeys {
  keyOf(baseUrl: string): string | null;
  /** Whether the key outlives this visit. */
  isRemembered(baseUrl: string): boolean;
  /**
   * Keeps a key, in place of any other for this URL.
   * @returns whether it will be there on the next visit: false also when it was to be, but the browser keeps nothing.
   */
  keep(baseUrl: string, key: string, remember: boolean): boolean;
  forget(baseUrl: string): void;
}
