import { type ErrorData, toErrorData } from "../../core/errors";
import { formatModelRef, type ModelRef } from "../../core/model";
import { familyOf, type ModelFamily } from "../../experiment/spec/model-family";
import { PRESETS, type PresetName, presetOfStrategy, presetSuits } from "../../experiment/spec/presets";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { EndpointKeys, EndpointModel, EndpointProbe } from "../../ports/endpoint";
import type {
  CatalogListing,
  CatalogModel,
  CustomModel,
  ModelCatalog,
  StorageSummary,
} from "../../ports/model-catalog";
import { flattenConfig, withSettings } from "../../share/link";
import type { SetPart, SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import type { ExperimentSlice } from "./experiment-slice";

/** Requests under way at once that an endpoint gets when nobody says otherwise. */
export const DEFAULT_PARALLEL_REQUESTS = 8;

/** What the app knows of an endpoint besides its key. */
interface EndpointNote {
  /** Requests that may be under way at once, at least 1. */
  readonly parallelRequests: number;
  /** Tokens of prompt and completion together, where the person said; null leaves it to the server. */
  readonly contextLength: number | null;
  /** What it listed when it was last asked. */
  readonly models: readonly EndpointModel[];
}

/** An endpoint as it stands in the form. */
export interface EndpointForm {
  readonly baseUrl: string;
  readonly key: string;
  readonly remember: boolean;
  readonly parallelRequests: number;
  readonly contextLength: number | null;
}

/** A specification that was brought in line with another model. */
export interface Fitted {
  readonly spec: ExperimentSpec;
  /** The preset is another one now. */
  readonly presetChanged: boolean;
  /** Paths of the settings that the person had changed, such as `budget.numSimulations`: they were kept. */
  readonly kept: readonly string[];
}

/** The models there are, and the one that is set up. */
export interface ModelSlice {
  /** WebLLM's models; null until they were asked for. */
  readonly listing: CatalogListing | null;
  /** Why they could not be listed. */
  readonly listingFault: ErrorData | null;
  readonly storage: StorageSummary | null;
  /** By base URL. */
  readonly endpoints: Readonly<Record<string, EndpointNote>>;
  /** Lists WebLLM's models and what is kept of them. */
  loadModels(): Promise<void>;
  /** Sets the experiment up for another model. A preset that does not suit it is changed; whoever asks says so. */
  chooseModel(model: ModelRef): Fitted;
  /** @throws LabError `model/*`, one sentence. */
  addCustomModel(model: CustomModel): Promise<CatalogModel>;
  forgetCustomModel(ref: string): Promise<void>;
  deleteCached(ref: string): Promise<void>;
  deleteAllCached(): Promise<void>;
  /** Asks the browser to keep what was downloaded; says so when it will not. */
  keepCached(): Promise<void>;
  /** Asks an endpoint for its models. @throws LabError `model/*`. */
  testEndpoint(form: EndpointForm, signal: AbortSignal): Promise<readonly EndpointModel[]>;
  /** Remembers how an endpoint is to be used; its key goes to the key ring. */
  keepEndpoint(form: EndpointForm): void;
  /** The form of an endpoint as it was last used. */
  endpointForm(baseUrl: string): EndpointForm;
}

/** What models need of the world. */
export interface ModelWorld {
  readonly catalog: ModelCatalog;
  readonly endpointProbe: EndpointProbe;
  readonly endpointKeys: EndpointKeys;
}

type Seen = ModelSlice & Pick<ExperimentSlice, "spec" | "commit"> & Pick<ViewSlice, "notify">;

export const createModelSlice: SliceCreator<ModelSlice, Seen, ModelWorld> = (set, get, world) => ({
  listing: null,
  listingFault: null,
  storage: null,
  ...catalogActions(set, get, world),
  ...endpointActions(set, get, world),

  chooseModel: (ref) => {
    const { spec, commit } = get();
    const fitted = fitToModel(spec, formatModelRef(ref));
    commit(fitted.spec);
    return fitted;
  },
});

function catalogActions(set: SetPart<Seen>, get: () => Seen, { catalog }: ModelWorld) {
  const loadModels = async () => {
    try {
      const [listing, storage] = await Promise.all([catalog.list(), catalog.storage()]);
      set({ listing, storage, listingFault: null });
    } catch (error) {
      set({ listingFault: toErrorData(error) });
    }
  };
  const changed = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
    await loadModels();
  };
  return {
    loadModels,
    addCustomModel: async (model: CustomModel) => {
      const added = await catalog.addCustom(model);
      await loadModels();
      return added;
    },
    forgetCustomModel: (ref: string) => changed(() => catalog.forgetCustom(ref)),
    deleteCached: (ref: string) => changed(() => catalog.deleteCached(ref)),
    deleteAllCached: () => changed(() => catalog.deleteAllCached()),
    keepCached: () =>
      changed(async () => {
        if (await catalog.persist()) return;
        get().notify({
          tone: "info",
          message: "The browser did not promise to keep the models.",
          hint: "It does so for pages that are used often or bookmarked; they stay until it needs the room.",
        });
      }),
  };
}

function endpointActions(set: SetPart<Seen>, get: () => Seen, { endpointProbe, endpointKeys }: ModelWorld) {
  const note = (baseUrl: string, change: Partial<EndpointNote>) => {
    const { endpoints } = get();
    const before = endpoints[baseUrl] ?? {
      parallelRequests: DEFAULT_PARALLEL_REQUESTS,
      contextLength: null,
      models: [],
    };
    set({ endpoints: { ...endpoints, [baseUrl]: { ...before, ...change } } });
  };
  return {
    endpoints: {},
    testEndpoint: async ({ baseUrl, key }: EndpointForm, signal: AbortSignal) => {
      const models = await endpointProbe.models(baseUrl, key === "" ? null : key, signal);
      note(baseUrl, { models });
      return models;
    },
    keepEndpoint: ({ baseUrl, key, remember, parallelRequests, contextLength }: EndpointForm) => {
      note(baseUrl, { parallelRequests, contextLength });
      if (key === "") return endpointKeys.forget(baseUrl);
      if (endpointKeys.keep(baseUrl, key, remember) || !remember) return;
      get().notify({
        tone: "info",
        message: "This browser does not keep the key.",
        hint: "It is used until the page is closed.",
      });
    },
    endpointForm: (baseUrl: string) => ({
      baseUrl,
      key: endpointKeys.keyOf(baseUrl) ?? "",
      remember: endpointKeys.isRemembered(baseUrl),
      parallelRequests: get().endpoints[baseUrl]?.parallelRequests ?? DEFAULT_PARALLEL_REQUESTS,
      contextLength: get().endpoints[baseUrl]?.contextLength ?? null,
    }),
  };
}

/** Gives a specification another model, and the preset that suits it; settings that the person changed stay changed. */
function fitToModel(spec: ExperimentSpec, model: string): Fitted {
  const preset = presetFor(spec.preset, familyOf(model));
  if (preset === spec.preset) return { spec: { ...spec, model }, presetChanged: false, kept: [] };
  const before = flattenConfig(PRESETS[spec.preset]);
  const own = new Map([...flattenConfig(spec.config)].filter(([path, value]) => before.get(path) !== value));
  const config = withSettings(PRESETS[preset], own) as ExperimentSpec["config"];
  return { spec: { ...spec, model, preset, config }, presetChanged: true, kept: [...own.keys()] };
}

/** The preset that does for another family of models what this one does for its own. */
function presetFor(preset: PresetName, family: ModelFamily): PresetName {
  return presetSuits(preset, family) ? preset : presetOfStrategy(PRESETS[preset].strategy, family);
}
