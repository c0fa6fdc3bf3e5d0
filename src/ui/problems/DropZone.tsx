import { useState } from "react";
import classes from "./ImportForm.module.css";

/** Takes a file by drop or by choice. */
export function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
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
