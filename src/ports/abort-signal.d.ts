/** All that the ports say about cancelling; merges with the browser's own type where there is one. */
interface AbortSignal {
  readonly aborted: boolean;
}
