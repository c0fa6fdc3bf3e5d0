import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Loader.css";
import "@mantine/core/styles/ActionIcon.css";
import "@mantine/core/styles/Button.css";
import "@mantine/core/styles/CloseButton.css";
import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/InlineInput.css";
import "./ui/base.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { ModelRef } from "./core/model";
import { createKeyRing } from "./engines/openai/key-ring";
import { ProblemCatalog } from "./experiment/spec/problem-shelves";
import { lazyPort } from "./lazy-port";
import type { CodeRunner } from "./ports/code-runner";
import type { EndpointProbe } from "./ports/endpoint";
import type { ModelSettings } from "./rpc/model";
import { createCellExecutor, createExperimentRunner, createTreeCollector } from "./rpc/runner";
import { createFrameHost, serveRealmHost } from "./sandbox/frame/realm-host";
import { exclusively } from "./storage/exclusively";
import { createLabStore } from "./store/lab-store";
import { browserAddress, fetchRun, openLab } from "./store/open-lab";
import { App } from "./ui/App";
import { LabContext } from "./ui/contexts";
import { ErrorBoundary } from "./ui/frame/ErrorBoundary";
import { colorsOfThePage, theme } from "./ui/theme";
import { installValueScale } from "./viz/marks";

// The two composition roots choose the concrete classes: this one for people, lab.ts for scripts.

const baseUrl = new URL("./", document.baseURI).href;
const endpointKeys = createKeyRing(browserStorage);
const runner = createExperimentRunner({ backend: "auto", baseUrl, openSandbox: sandboxOpener(), modelSettings });

// What only some visits need comes when it is first asked for.
const problemStore = lazyPort(async () => {
  const [database, { IndexedProblemStore }] = await Promise.all([openDatabase(), import("./storage/problems")]);
  return new IndexedProblemStore(database);
});
const archive = lazyPort(async () => {
  const [database, { IndexedComparisonArchive }] = await Promise.all([openDatabase(), import("./storage/comparisons")]);
  return new IndexedComparisonArchive(database);
});
const importer = lazyPort(async () => {
  const { DatasetImporter } = await import("./datasets/problem-importer");
  return new DatasetImporter(problemStore);
});
const runners = lazyPort<CodeRunner>(async () => {
  const { createRunners } = await import("./sandbox/runners");
  return createRunners(createFrameHost({ baseUrl }), { baseUrl });
});
const referenceCheck = lazyPort(async () => {
  const { CollectionCheck } = await import("./datasets/references");
  return new CollectionCheck(problemStore, runners);
});
const checkpoints = lazyPort(async () => {
  const [database, { IndexedCheckpointStore }, { withShipped }] = await Promise.all([
    openDatabase(),
    import("./storage/checkpoints"),
    import("./storage/shipped"),
  ]);
  return withShipped(new IndexedCheckpointStore(database), new URL("models/", document.baseURI));
});
const trainings = lazyPort(async () => {
  const [database, { IndexedTrainingArchive }] = await Promise.all([openDatabase(), import("./storage/trainings")]);
  return new IndexedTrainingArchive(database);
});
const datasets = lazyPort(async () => {
  const [database, { IndexedDatasetStore }] = await Promise.all([openDatabase(), import("./storage/datasets")]);
  return new IndexedDatasetStore(database);
});
const endpointProbe: EndpointProbe = lazyPort(async () => (await import("./engines/openai/probe")).endpointProbe);
const catalog = lazyPort(async () => (await import("./engines/webllm/catalog/catalog")).createModelCatalog());

const tokenizer = async () => (await fetch(`${baseUrl}models/tiny/tokenizer.json`)).text();

const store = createLabStore({
  runner,
  comparison: { executor: createCellExecutor(runner), archive, exclusively },
  checkpoints,
  tokenizer,
  training: {
    archive: trainings,
    datasets,
    checkpoints,
    collector: createTreeCollector(runner),
    trainerOpener: (onPreparation) => async (job, data, part, isSafe) => {
      const { trainerOpener } = await import("./rpc/trainer");
      return trainerOpener({ baseUrl, checkpoints, onPreparation })(job, data, part, isSafe);
    },
    policy: async (model, tell, signal) => (await runner.warm(model, tell, signal)).model,
    judge: runners,
    tokenizer,
    now: () => performance.now(),
  },
  endpointKeys,
  endpointProbe,
  catalog,
  importer,
  problemStore,
  referenceCheck,
  problems: new ProblemCatalog(`${baseUrl}puzzles/named.json`),
  nextFrame,
});

installValueScale(document);
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={colorsOfThePage} defaultColorScheme="auto">
      <ErrorBoundary what="app">
        <LabContext value={store}>
          <App />
        </LabContext>
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
void openLab(store, { address: browserAddress(window), recorded: fetchRun(`${baseUrl}runs/golden.json`) });

/** The database of this browser; its library comes along. */
async function openDatabase() {
  const { LabDatabase } = await import("./storage/database");
  return new LabDatabase();
}

/** Null where the browser withholds it. */
function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Opens ports to the one sandbox frame of the page: only a window can. */
function sandboxOpener(): () => MessagePort {
  const host = createFrameHost({ baseUrl });
  return () => {
    const { port1, port2 } = new MessageChannel();
    serveRealmHost(host, port1);
    return port2;
  };
}

/** What the model worker is told besides the model's name: a key goes to it and nowhere else. */
async function modelSettings(model: ModelRef): Promise<ModelSettings> {
  const storage = browserStorage();
  if (model.engine === "tiny") return {};
  if (model.engine === "webllm") {
    if (storage === null) return {};
    const { readCustomModels } = await import("./engines/webllm/catalog/records");
    return { customModels: readCustomModels(storage) };
  }
  const { key, parallelRequests, contextLength } = store.getState().endpointForm(model.baseUrl);
  const length = contextLength === null ? {} : { contextLength };
  return { endpoint: { parallelRequests, ...length, ...(key === "" ? {} : { apiKey: key }) } };
}

/** Frames while the page shows; a slow beat while it does not, so that a run goes on behind other tabs. */
function nextFrame(callback: (now: number) => void): void {
  const hiddenPageFrameMs = 100;
  if (document.hidden) setTimeout(() => callback(performance.now()), hiddenPageFrameMs);
  else requestAnimationFrame(callback);
}
