import "@mantine/core/styles/FloatingIndicator.css";
import "@mantine/core/styles/SegmentedControl.css";
import { Button, NativeSelect, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ErrorData } from "../../core/errors";
import type { ImportInput } from "../../ports/problem-importer";
import { useLab, useLabStore } from "../contexts";
import { NumberField } from "../shared/NumberField";
import classes from "./ImportForm.module.css";

const KINDS = [
  { value: "file", label: "File" },
  { value: "url", label: "Address" },
  { value: "text", label: "Paste" },
];
const BY_COLUMNS = { value: "", label: "Told by its columns" };
const VISIBLE_LIMIT = { min: 0, max: 1000, whole: true } as const;

/** Where problems come from, and how they are read. A file that is dropped is read at once. */
export function ImportForm({ fault }: { readonly fault: ErrorData | null }) {
  const store = useLabStore();
  const formats = useLab((state) => state.formats);
  const [kind, setKind] = useState<ImportInput["kind"]>("file");
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");
  const [format, setFormat] = useState("");
  const [visibleCount, setVisibleCount] = useState<number | null>(null);
  const known = formats.find(({ name }) => name === format);

  const read = (input: ImportInput) =>
    void store.getState().importProblems(input, { format: format === "" ? null : format, visibleCount });
  const submit = () => read(kind === "url" ? { kind: "url", url: url.trim() } : { kind: "text", text });

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (kind !== "file") submit();
      }}
    >
      {fault !== null && (
        <p className={classes.fault} role="alert">
          {fault.message} {fault.hint}
        </p>
      )}
      <SegmentedControl
        aria-label="Where the problems come from"
        data={KINDS}
        value={kind}
        onChange={(value) => {
          setKind(value as ImportInput["kind"]);
          if (fault !== null) store.getState().dismissImport();
        }}
        fullWidth
      />
      <div className={classes.source}>
        {kind === "file" && <DropZone onFile={(file) => read({ kind: "file", name: file.name, data: file })} />}
        {kind === "url" && (
          <TextInput
            label="Address"
            description="A file, or a dataset's page on huggingface.co. Nothing is sent but the request for it."
            placeholder="https://huggingface.co/datasets/…"
            spellCheck={false}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        )}
        {kind === "text" && (
          <Textarea
            aria-label="Rows"
            placeholder='{"task_id": 1, "text": "Write a function to …", "code": "…", "test_list": ["assert …"]}'
            rows={5}
            spellCheck={false}
            classNames={{ input: classes.code ?? "" }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </div>
      <div className={classes.options}>
        <NativeSelect
          label="Format"
          data={[BY_COLUMNS, ...formats.map(({ name, title }) => ({ value: name, label: title }))]}
          value={format}
          onChange={(event) => setFormat(event.currentTarget.value)}
        />
        <NumberField
          label="Visible tests"
          value={visibleCount}
          limit={VISIBLE_LIMIT}
          optional
          placeholder="as usual"
          onCommit={setVisibleCount}
          onClear={() => setVisibleCount(null)}
        />
      </div>
      <p className={classes.note}>{noteOf(visibleCount, known?.visibility)}</p>
      {kind !== "file" && (
        <div>
          <Button type="submit" disabled={(kind === "url" ? url : text).trim() === ""}>
            Read the problems
          </Button>
        </div>
      )}
    </form>
  );
}

function noteOf(visibleCount: number | null, visibility: string | undefined): string {
  if (visibleCount !== null) {
    return `The model and the search see the first ${visibleCount} tests of each problem; the others decide the score.`;
  }
  return (
    visibility ?? "Visible tests are those that the model and the search may see; the hidden ones decide the score."
  );
}

/** Takes a file by drop or by choice. */
function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  return (
    <label
      className={classes.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) onFile(file);
      }}
    >
      <p>
        Drop a file here, or <b>choose one</b>
      </p>
      <span>MBPP, HumanEval, TACO, APPS, or rows of your own</span>
      <span>JSON, JSON lines or Parquet, gzipped or not</span>
      <input
        className="only-spoken"
        type="file"
        aria-label="File with problems"
        data-testid="problem-file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </label>
  );
}
