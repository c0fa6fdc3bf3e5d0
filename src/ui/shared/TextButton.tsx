import type { ReactNode } from "react";
import classes from "./TextButton.module.css";

interface TextButtonProps {
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** What it does, where its words alone do not say. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A button that reads as a part of a line. */
export function TextButton({ onClick, disabled = false, label, children }: TextButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      onClick={onClick}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      {children}
    </button>
  );
}
