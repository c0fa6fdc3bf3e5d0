import "@mantine/core/styles/PasswordInput.css";
import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import { toErrorData } from "../../core/errors";
import { type ModelRef, parseModelRef } from "../../core/model";
import type { EndpointForm } from "../../store/setup/model-slice";
import { useLab, useLabStore } from "../contexts";
import { TextButton } from "../shared/buttons";
import { NumberField } from "../shared/NumberField";
import classes from "./EndpointPanel.module.css";

const PARALLEL_LIMIT = { min: 1, max: 256, whole: true } as const;
/** A browser's connections to a host over HTTP/1, but for one that always gets through. */
const HTTP_REQUESTS = 5;
const CONTEXT_LIMIT = { min: 256, max: 10_000_000, whole: true } as const;
const LOCAL_SERVER = "http://localhost:8000/v1";

/** The usual hint leads to where the person is already. */
const KEY_HINT = "Enter it above.";

/** What a test of the endpoint said. */
interface Outcome {
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
}

const UNTESTED: Outcome = { tone: "plain", text: "" };

/** A model behind an OpenAI-compatible address: the person's own server or cluster. */
export function EndpointPanel({ onChoose }: { readonly onChoose: (model: ModelRef) => void }) {
  const store = useLabStore();
  const [form, setForm] = useState<EndpointForm>(() => initialForm(store.getState().spec.model, store));
  const [model, setModel] = useState(() => modelOf(store.getState().spec.model));
  const { outcome, isTesting, test, forget } = useEndpointTest(setModel);
  const baseUrl = form.baseUrl.trim().replace(/\/+$/, "");
  const noteId = useId();
  const served = useLab((state) => state.endpoints[baseUrl]?.models);
  const fault = baseUrlFault(baseUrl);
  const isUsable = fault === null && baseUrl !== "";
  const change = (part: Partial<EndpointForm>) => {
    setForm({ ...form, ...part });
    forget();
  };

  const use = () => {
    store.getState().keepEndpoint({ ...form, baseUrl });
    onChoose({ engine: "openai", baseUrl, model: model.trim() });
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        use();
      }}
    >
      <p className={classes.lead}>
        vLLM, SGLang, llama.cpp, Ollama, or any other server that speaks OpenAI's protocol. It must allow this page's
        origin (CORS).
      </p>
      <TextInput
        label="Base URL"
        placeholder={LOCAL_SERVER}
        spellCheck={false}
        value={form.baseUrl}
        error={fault}
        onChange={(event) => change({ baseUrl: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <PasswordInput
          label="Key"
          placeholder="none"
          autoComplete="off"
          value={form.key}
          onChange={(event) => change({ key: event.currentTarget.value })}
          visibilityToggleButtonProps={{ "aria-label": "Show the key" }}
        />
        <NumberField
          label="Parallel requests"
          value={form.parallelRequests}
          limit={PARALLEL_LIMIT}
          onCommit={(parallelRequests) => setForm({ ...form, parallelRequests })}
        />
        <NumberField
          label="Context length"
          value={form.contextLength}
          limit={CONTEXT_LIMIT}
          optional
          placeholder="from the server"
          onCommit={(contextLength) => setForm({ ...form, contextLength })}
          onClear={() => setForm({ ...form, contextLength: null })}
        />
      </div>
      {baseUrl.startsWith("http:") && form.parallelRequests > HTTP_REQUESTS && (
        <p className={classes.lead}>Over plain http, a browser has {HTTP_REQUESTS} requests under way at once.</p>
      )}
      <div className={classes.remember}>
        <Checkbox
          label="Remember the key in this browser"
          aria-describedby={noteId}
          checked={form.remember}
          onChange={(event) => setForm({ ...form, remember: event.currentTarget.checked })}
        />
        <p id={noteId} className={classes.note}>
          Otherwise it is kept in memory until the page is closed. It never goes into a link, an export or a log.
        </p>
      </div>
      <div className={classes.test}>
        <Button
          variant="default"
          disabled={!isUsable}
          loading={isTesting}
          onClick={() => void test({ ...form, baseUrl })}
        >
          Test
        </Button>
        <p className={classes.outcome} data-tone={outcome.tone} role="status">
          {outcome.text}
        </p>
      </div>
      <div>
        <TextInput
          label="Model"
          placeholder="as the server names it"
          spellCheck={false}
          value={model}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
        {served !== undefined && served.length > 0 && (
          <div className={classes.served}>
            {served.map(({ id }) => (
              <TextButton key={id} onClick={() => setModel(id)}>
                {id}
              </TextButton>
            ))}
          </div>
        )}
      </div>
      <div>
        <Button type="submit" disabled={!isUsable || model.trim() === ""}>
          Use this model
        </Button>
      </div>
    </form>
  );
}

/** Asks the endpoint what it serves; a test that was overtaken by a change of the form says nothing any more. */
function useEndpointTest(onOnlyModel: (id: string) => void) {
  const testEndpoint = useLab((state) => state.testEndpoint);
  const [outcome, setOutcome] = useState<Outcome>(UNTESTED);
  const [isTesting, setTesting] = useState(false);
  const current = useRef<AbortController | null>(null);

  const forget = () => {
    current.current?.abort();
    current.current = null;
    setTesting(false);
    setOutcome(UNTESTED);
  };
  useEffect(() => () => current.current?.abort(), []);

  const test = async (form: EndpointForm) => {
    forget();
    const mine = new AbortController();
    current.current = mine;
    setTesting(true);
    const say = (words: Outcome) => {
      if (current.current !== mine) return;
      setTesting(false);
      setOutcome(words);
    };
    try {
      const models = await testEndpoint(form, mine.signal);
      const [first] = models;
      if (first !== undefined && models.length === 1 && current.current === mine) onOnlyModel(first.id);
      say({ tone: "good", text: countWords(models.length) });
    } catch (error) {
      const { code, message, hint } = toErrorData(error);
      say({ tone: "bad", text: `${message} ${code === "model/unauthorized" ? KEY_HINT : hint}`.trim() });
    }
  };
  return { outcome, isTesting, test, forget };
}

function countWords(count: number): string {
  if (count === 0) return "It answers, but lists no models: type the name of one.";
  return count === 1 ? "It answers, with one model." : `It answers, with ${count} models.`;
}

function initialForm(model: string, store: ReturnType<typeof useLabStore>): EndpointForm {
  const ref = parseModelRef(model);
  return store.getState().endpointForm(ref.engine === "openai" ? ref.baseUrl : "");
}

function modelOf(model: string): string {
  const ref = parseModelRef(model);
  return ref.engine === "openai" ? ref.model : "";
}

/** What is wrong with a base URL, in a sentence; null when nothing is, or nothing was typed yet. */
function baseUrlFault(baseUrl: string): string | null {
  if (baseUrl === "") return null;
  try {
    parseModelRef(`openai:${baseUrl}#model`);
    return null;
  } catch (error) {
    const { code, message, hint } = toErrorData(error);
    return code === "input/model" && message.includes("user name")
      ? `${message} ${hint}`
      : "Give an address such as http://localhost:8000/v1.";
  }
}
