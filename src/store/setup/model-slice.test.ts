import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import { PRESETS, specFromPreset } from "../../experiment/spec/presets";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { CatalogModel } from "../../ports/model-catalog";
import { EMPTY_WORLD, SAMPLE_MODEL } from "../dependencies-fixture";
import { createLabStore } from "../lab-store";
import { DEFAULT_PARALLEL_REQUESTS, type Fitted } from "./model-slice";

const URL = "http://localhost:8000/v1";
const FORM = { baseUrl: URL, key: "sk-1", remember: false, parallelRequests: 3, contextLength: null };

describe("the list of models", () => {
  it("is read anew after something was deleted", async () => {
    let models: readonly CatalogModel[] = [{ ...SAMPLE_MODEL, cachedBytes: 5 }];
    const store = createLabStore({
      ...EMPTY_WORLD,
      catalog: {
        ...EMPTY_WORLD.catalog,
        list: async () => ({ adapter: null, models }),
        deleteCached: async (ref) => {
          models = models.map((model) => (model.ref === ref ? { ...model, cachedBytes: null } : model));
        },
      },
    });
    await store.getState().loadModels();
    await store.getState().deleteCached(SAMPLE_MODEL.ref);
    expect(store.getState().listing?.models).toEqual([SAMPLE_MODEL]);
  });

  it("says why it cannot be read", async () => {
    const list = async () => {
      throw new LabError("model/list", "The list could not be loaded.", "Reload the page.");
    };
    const store = createLabStore({ ...EMPTY_WORLD, catalog: { ...EMPTY_WORLD.catalog, list } });
    await store.getState().loadModels();
    expect(store.getState().listingFault?.message).toBe("The list could not be loaded.");
  });
});

describe("an endpoint", () => {
  /** A key ring that keeps nothing over a visit, as in a private window. */
  function setUp() {
    const keys = new Map<string, string>();
    const store = createLabStore({
      ...EMPTY_WORLD,
      endpointProbe: { models: async () => [{ id: "coder", contextLength: 4096 }] },
      endpointKeys: {
        keyOf: (baseUrl) => keys.get(baseUrl) ?? null,
        isRemembered: () => false,
        keep: (baseUrl, key) => {
          keys.set(baseUrl, key);
          return false;
        },
        forget: (baseUrl) => void keys.delete(baseUrl),
      },
    });
    return { store, keys };
  }

  it("gives its key to the key ring, and keeps it out of the state", () => {
    const { store, keys } = setUp();
    store.getState().keepEndpoint(FORM);
    expect(keys.get(URL)).toBe("sk-1");
    expect(store.getState().endpointForm(URL)).toEqual(FORM);
    const { endpoints, spec } = store.getState();
    expect(JSON.stringify({ endpoints, spec })).not.toContain("sk-1");
    store.getState().keepEndpoint({ ...FORM, key: "" });
    expect(keys.size).toBe(0);
  });

  it("says so when a key was to be remembered and is not", () => {
    const { store } = setUp();
    store.getState().keepEndpoint({ ...FORM, remember: true });
    expect(store.getState().notice?.message).toBe("This browser does not keep the key.");
  });

  it("remembers what it serves", async () => {
    const { store } = setUp();
    await store.getState().testEndpoint({ ...FORM, parallelRequests: 9 }, new AbortController().signal);
    expect(store.getState().endpoints[URL]).toEqual({
      parallelRequests: DEFAULT_PARALLEL_REQUESTS,
      contextLength: null,
      models: [{ id: "coder", contextLength: 4096 }],
    });
  });
});

const PUZZLE = { source: "named", id: "even-steven" } as const;
const ENDPOINT = "openai:http://localhost:8000/v1#coder";

function choose(spec: ExperimentSpec, model: string): Fitted {
  const store = createLabStore(EMPTY_WORLD);
  store.getState().setUp(spec);
  const fitted = store.getState().chooseModel(parseModelRef(model));
  expect(store.getState().spec).toEqual(fitted.spec);
  return fitted;
}

describe("choosing a model", () => {
  it("takes the same strategy's preset for the other family of models", () => {
    const { spec, presetChanged, kept } = choose(specFromPreset("best-of-n-tiny", PUZZLE, 7), ENDPOINT);
    expect(spec).toEqual(specFromPreset("best-of-n-chat", PUZZLE, 7, ENDPOINT));
    expect({ presetChanged, kept }).toEqual({ presetChanged: true, kept: [] });
  });

  it("keeps what the person had changed, and names it", () => {
    const base = specFromPreset("mcts-tiny", PUZZLE);
    const config = {
      ...base.config,
      budget: { ...base.config.budget, numSimulations: 5 },
      tree: { ...base.config.tree, maxDepth: 3 },
    };
    const { spec, kept } = choose({ ...base, config }, ENDPOINT);
    expect(kept).toEqual(["budget.numSimulations", "tree.maxDepth"]);
    expect(spec.config.budget.numSimulations).toBe(5);
    expect(spec.config.tree.maxDepth).toBe(3);
    expect(spec.config.sampling).toEqual(PRESETS[spec.preset].sampling);
  });

  it("leaves the settings alone between models of one family", () => {
    const spec = specFromPreset("greedy-chat", PUZZLE, 1, ENDPOINT);
    const other = "openai:http://localhost:8000/v1#other";
    expect(choose(spec, other)).toEqual({ spec: { ...spec, model: other }, presetChanged: false, kept: [] });
  });

  it("knows the way back", () => {
    const there = choose(specFromPreset("mcts-tiny", PUZZLE), ENDPOINT).spec;
    expect(choose(there, "tiny").spec).toEqual(specFromPreset("mcts-tiny", PUZZLE));
  });
});
