import { TextInput } from "@mantine/core";
import { useState } from "react";
import { describeLimit, type Limit } from "../../experiment/spec/limits";

interface NumberFieldProps {
  readonly label: string;
  /** The label stands elsewhere: say it only to assistive technology. */
  readonly labelIsElsewhere?: boolean;
  readonly value: number | null;
  readonly limit: Limit;
  readonly step?: number;
  /** An empty field means null: no bound. */
  readonly optional?: boolean;
  /** What an empty field shows: `none` without it. */
  readonly placeholder?: string;
  readonly describedBy?: string;
  readonly disabled?: boolean;
  readonly onCommit: (value: number) => void;
  readonly onClear?: () => void;
}

/** A number, taken over when one leaves the field or presses Enter; what is not allowed is said and not taken over. */
export function NumberField(props: NumberFieldProps) {
  const {
    label,
    labelIsElsewhere = false,
    value,
    limit,
    step,
    optional = false,
    placeholder = "none",
    describedBy,
    disabled,
    onCommit,
    onClear,
  } = props;
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? (value === null ? "" : String(value));
  const fault = text === null ? null : faultOf(text, limit, optional);

  const commit = () => {
    if (text === null || fault !== null) return;
    setText(null);
    if (text.trim() === "") onClear?.();
    else if (Number(text) !== value) onCommit(Number(text));
  };

  return (
    <TextInput
      {...(labelIsElsewhere ? { "aria-label": label } : { label })}
      type="number"
      inputMode={limit.whole ? "numeric" : "decimal"}
      min={limit.min}
      max={limit.max}
      step={step ?? (limit.whole ? 1 : "any")}
      value={shown}
      placeholder={optional ? placeholder : ""}
      error={fault}
      disabled={disabled ?? false}
      aria-describedby={describedBy}
      className="numbers"
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setText(null);
      }}
    />
  );
}

function faultOf(text: string, limit: Limit, optional: boolean): string | null {
  if (text.trim() === "") return optional ? null : `Must be ${describeLimit(limit)}.`;
  const value = Number(text);
  const tooSmall = limit.exclusive === true ? value <= limit.min : value < limit.min;
  const wrong = !Number.isFinite(value) || tooSmall || value > limit.max || (limit.whole && !Number.isInteger(value));
  return wrong ? `Must be ${describeLimit(limit)}.` : null;
}

/** A number field whose text is not taken over, and the name it goes by. */
interface BadField {
  readonly input: HTMLInputElement;
  readonly label: string;
}

/** The first number field of the page that shows a fault; null when all that is shown is what will run. */
export function badNumberField(): BadField | null {
  const input = document.querySelector<HTMLInputElement>('input[type="number"][aria-invalid="true"]:enabled');
  if (input === null) return null;
  return { input, label: input.ariaLabel ?? input.labels?.[0]?.textContent ?? "A setting" };
}

/** Puts the cursor into the field, unfolding what it is folded into. */
export function focusField(input: HTMLInputElement): void {
  const folded = input.closest("details");
  if (folded !== null) folded.open = true;
  input.focus();
}
