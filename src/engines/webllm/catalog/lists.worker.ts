import { importWebLlm, type ModelLists } from "../package";

// Only lists go back: the package itself, 7 MB that take a fifth of a second to start, goes with this worker.
importWebLlm().then(
  ({ prebuiltAppConfig, ModelType }) => postMessage({ prebuiltAppConfig, ModelType } satisfies ModelLists),
  () => postMessage(null),
);
