/**
 * Small things that this browser remembers from one start of the app to the next, such as what was measured. It may lose them at any
 * time; neither call rejects.
 */
export interface BrowserMemory {
  /** What was remembered last under a name; undefined when there is nothing, or when it cannot be read. */
  recall(name: string): Promise<unknown>;
  /** Resolves when it is kept, or cannot be. */
  remember(name: string, value: unknown): Promise<void>;
}
