import { Button } from "@mantine/core";
import type { ModelRef } from "../../core/model-ref";
import { useLab } from "../lab-context";
import classes from "./TinyPanel.module.css";

/** What the built-in model is. */
export function TinyPanel({ onChoose }: { readonly onChoose: (model: ModelRef) => void }) {
  const isChosen = useLab((state) => state.spec.model === "tiny");
  return (
    <div className={classes.panel}>
      <p>
        A transformer of 0.9 million parameters that this project trained itself. It comes with the page, runs anywhere,
        and thinks fast.
      </p>
      <p className="quiet">
        It solves list puzzles, in JavaScript. For Python and other problems choose a model that was trained on code.
      </p>
      <Button onClick={() => onChoose({ engine: "tiny" })} disabled={isChosen}>
        {isChosen ? "In use" : "Use the tiny model"}
      </Button>
    </div>
  );
}
