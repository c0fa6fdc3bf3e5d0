import { renderExpected, renderInput } from "../../core/test-text";
import { useLab } from "../lab-context";
import { TIER_WORDS } from "../shared/tier-words";
import classes from "./ProblemCard.module.css";

/** The statement and the examples, as the model gets them. */
export function ProblemCard() {
  const problem = useLab((state) => state.problem);
  const isOwn = useLab((state) => state.spec.problem.source === "custom");
  const setDrafting = useLab((state) => state.setDrafting);
  if (problem === null) return <div className={classes.card} aria-busy="true" />;
  return (
    <div className={classes.card}>
      <p className={classes.statement}>{problem.statement}</p>
      <table className={classes.examples}>
        <caption className="only-spoken">Examples</caption>
        <tbody>
          {problem.visibleTests.map((test) => (
            <tr key={JSON.stringify(test)}>
              <td>
                <code>{renderInput(test)}</code>
              </td>
              <td className={classes.arrow}>→</td>
              <td>
                <code>{renderExpected(test)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.foot}>
        <span>
          {problem.tier !== undefined && `${TIER_WORDS[problem.tier]} · `}
          {problem.entryPoint !== null && <code>{problem.entryPoint}()</code>}
        </span>
        <button type="button" className={classes.own} onClick={() => setDrafting(true)}>
          {isOwn ? "Edit" : "Write your own"}
        </button>
      </p>
    </div>
  );
}
