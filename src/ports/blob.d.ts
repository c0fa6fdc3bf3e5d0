/** All that the ports say about bytes at rest; merges with the browser's own type where there is one. */
interface Blob {
  /** Bytes. */
  readonly size: number;
}
