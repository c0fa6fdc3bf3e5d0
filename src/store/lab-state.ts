import type { StateCreator } from "zustand";
import type { ErrorData } from "../core/errors";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { EndpointKeys, EndpointProbe } from "../ports/endpoint";
import type { ExperimentRunner } from "../ports/experiment-runner";
import type { ModelCatalog } from "../ports/model-catalog";
import type { ProblemImporter } from "../ports/problem-importer";
import type { ProblemSource } from "../ports/problem-source";
import type { ProblemStore } from "../ports/problem-store";
import type { ReferenceCheck } from "../ports/reference-check";
import type { ComparisonDependencies } from "./compare/dependencies";
import type { ComparisonSlice } from "./compare/slice";
import type { RunSlice } from "./run/run-slice";
import type { DialogName, ViewSlice } from "./run/view-slice";
import type { CollectionSlice } from "./setup/collection-slice";
import type { ExperimentSlice } from "./setup/experiment-slice";
import type { ModelSlice } from "./setup/model-slice";

/** The whole state of the app. */
export type LabState = ExperimentSlice & CollectionSlice & ModelSlice & RunSlice & ViewSlice & ComparisonSlice;

/** What the store needs of the world; chosen in main.tsx. */
export interface LabDependencies {
  readonly runner: ExperimentRunner<ExperimentSpec>;
  readonly problems: ProblemSource;
  /** Problems that were imported; the store asks it for no hidden tests. */
  readonly problemStore: Pick<ProblemStore, "collections" | "problems" | "remove">;
  readonly importer: ProblemImporter;
  readonly referenceCheck: ReferenceCheck;
  readonly catalog: ModelCatalog;
  readonly endpointProbe: EndpointProbe;
  readonly endpointKeys: EndpointKeys;
  readonly comparison: ComparisonDependencies;
  /** Calls back once before the next frame is drawn, with a clock in milliseconds. Events that arrive between frames go in together. */
  readonly nextFrame: (callback: (now: number) => void) => void;
}

/** Makes a slice of the store. */
export type SliceCreator<Slice> = (
  set: Parameters<StateCreator<LabState>>[0],
  get: () => LabState,
  dependencies: LabDependencies,
) => Slice;

/** Something to tell the person, until they dismiss it. */
export interface Notice extends Pick<ErrorData, "message" | "hint"> {
  readonly tone: "error" | "info";
  /** The dialog where it can be mended. */
  readonly opens?: DialogName;
}
